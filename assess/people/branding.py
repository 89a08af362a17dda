"""What a workspace sets for itself: name, paper, language, time zone, currency, the line on its reports, and its logo.

Decides: which values are allowed, and what is safe in a logo. Who may set them, `membership_policies` decides: whoever
manages the whole workspace.

Nothing of a logo's bytes goes out again as it came: the picture is decoded and encoded again as PNG, so it carries no
metadata and nothing behind its end.
"""

import logging
import struct
import warnings
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assess.language import _
from assess.money.facade import CURRENCIES
from assess.people.mail import check_mail_name
from assess.people.membership_policies import check_can_manage_workspace
from assess.people.models import Logo, Paper, User, Workspace
from assess.questionnaire.facade import Issue, ValidationFailed, check_name
from assess.record.facade import RENAMED, append_link
from assess.web.facade import store_file

if TYPE_CHECKING:
    from PIL import Image, ImageFile

logger = logging.getLogger(__name__)

#: The parts of the world in which the time zone database names cities; its other names are old ways to say the same.
REGIONS: Final = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic"),
    *("Australia", "Europe", "Indian", "Pacific"),
)
SETTINGS: Final = ("name", "paper", "language", "time_zone", "currency", "confidentiality")

#: Where logos are in a store that all machines share.
LOGO_FOLDER: Final = "logos"
LOGO_FORMATS: Final = ("PNG", "JPEG", "WEBP")
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
#: A logo is drawn small; a larger picture is scaled down into this many pixels.
LOGO_WIDTH, LOGO_HEIGHT = 800, 400


@cache
def time_zones() -> Mapping[str, tuple[str, ...]]:
    """The names to choose from, by region; those of no region under ""."""
    names = sorted(available_timezones())
    by_region = {region: tuple(name for name in names if name.startswith(f"{region}/")) for region in REGIONS}
    return {"": ("UTC",), **{region: names for region, names in by_region.items() if names}}


@transaction.atomic
def change_settings(workspace: Workspace, *, by: User, **values: str) -> Workspace:
    """The workspace with all of `SETTINGS` set to these values. Raises PermissionDenied, and ValidationFailed with an
    issue for each value that is not allowed."""
    check_can_manage_workspace(workspace, by)
    cleaned = {name: " ".join(values[name].split()) for name in SETTINGS}
    check_settings(cleaned)
    locked = Workspace.objects.get(pk=workspace.pk)
    changed = [name for name, value in cleaned.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, cleaned[name])
    if changed:
        locked.save(update_fields=changed)
        logger.info("Workspace %s: %s changed by person %s", locked.pk, ", ".join(changed), by.pk)
    if "name" in changed:
        append_link(RENAMED, covers=[locked])
    return locked


@transaction.atomic
def set_offers_cases(workspace: Workspace, offers_cases: bool, *, by: User) -> None:
    """Whether the workspace's teams may export outcomes as anonymised cases. Raises PermissionDenied."""
    check_can_manage_workspace(workspace, by)
    if Workspace.objects.filter(pk=workspace.pk).exclude(offers_cases=offers_cases).update(offers_cases=offers_cases):
        logger.info("Workspace %s: offers_cases changed by person %s", workspace.pk, by.pk)


def check_settings(cleaned: Mapping[str, str]) -> None:
    """Raises ValidationFailed with an issue for each value that is not allowed."""
    issues: list[Issue] = []
    for name in ("name", "confidentiality"):
        try:
            check = check_mail_name if name == "name" else check_name
            check(cleaned[name], settings.LIMITS["name"])
        except ValidationFailed as refusal:
            issues += refusal.keyed(name).issues
    if not cleaned["name"]:
        issues.append(Issue(code="name", key="name", message=_("Enter a name for the workspace")))
    choices = {
        "paper": (Paper.values, _("Choose one of the papers in the list")),
        "language": (dict(settings.LANGUAGES), _("Choose one of the languages in the list")),
        "time_zone": (available_timezones(), _("Choose one of the time zones in the list")),
        "currency": (CURRENCIES, _("Choose one of the currencies in the list")),
    }
    issues += [
        Issue(code=name, key=name, message=message)
        for name, (allowed, message) in choices.items()
        if cleaned[name] not in allowed
    ]
    if issues:
        raise ValidationFailed(issues)


def set_logo(workspace: Workspace, content: bytes, *, by: User) -> None:
    """This logo instead of any before. Raises PermissionDenied, and ValidationFailed for what is no logo."""
    # Before the transaction, which locks the workspace: the store may take seconds.
    kept, stored_as = store_file(clean_logo(content), folder=LOGO_FOLDER, suffix=".png")
    values = {"content": kept, "stored_as": stored_as, "changed_at": timezone.now()}
    with transaction.atomic():
        check_can_manage_workspace(workspace, by)
        Logo.objects.update_or_create(workspace=workspace, defaults=values)
    logger.info("Workspace %s: logo set by person %s", workspace.pk, by.pk)


@transaction.atomic
def remove_logo(workspace: Workspace, *, by: User) -> None:
    """Removing it twice changes nothing. Raises PermissionDenied."""
    check_can_manage_workspace(workspace, by)
    if Logo.objects.filter(workspace=workspace).delete()[0]:
        logger.info("Workspace %s: logo removed by person %s", workspace.pk, by.pk)


def logo_url(workspace: Workspace) -> str:
    """The path of the logo, "" for none; it changes with the picture. One query, without its bytes."""
    changed_at = Logo.objects.filter(workspace=workspace).values_list("changed_at", flat=True).first()
    if changed_at is None:
        return ""
    return f"{reverse('workspace-logo', args=[workspace.pk])}?v={int(changed_at.timestamp() * 1000)}"


def clean_logo(content: bytes) -> bytes:
    """The picture of a PNG, JPEG or WebP file, encoded again as PNG of at most `LIMITS["logo"]` bytes.

    The format is read from the bytes, not from the file's name. Raises ValidationFailed.
    """
    from PIL import Image, ImageFile, UnidentifiedImageError  # only where somebody sends a picture

    max_bytes = settings.LIMITS["logo"]
    if not content:
        raise logo_refusal("empty", _("Choose a file that holds a picture: this one is empty"))
    if len(content) > max_bytes:
        message = _("Choose a smaller file: this one has {size} KB, and a logo may have {most} KB")
        raise logo_refusal("too_large", message.format(size=-(-len(content) // 1024), most=max_bytes // 1024))
    is_png = content.startswith(PNG_SIGNATURE)
    if is_png:
        content = without_comments(content)
    # WeasyPrint tells Pillow, for a whole process, to take what is missing of a picture for black.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=LOGO_FORMATS) as opened:
                check_logo_size(*opened.size)  # before anything is unpacked: a few bytes can promise gigabytes
                opened.verify()
            with Image.open(BytesIO(content), formats=LOGO_FORMATS) as opened:
                check_logo_size(*opened.size)
                picture = to_rgba(opened, bits=content[24] if is_png else 8)
    except UnidentifiedImageError as error:
        raise logo_refusal(
            "kind", _("Choose a PNG, JPEG or WebP file. Of an SVG drawing, export a PNG 800 pixels wide")
        ) from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise logo_size_refusal() from error
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, TypeError, struct.error) as error:
        # What Pillow raises for damaged bytes; `verify` of a PNG without a picture in it, an IndexError. Where another
        # part than the header comes first, `bits` are anything.
        message = _("Save the picture again, or choose another: this one is damaged")
        raise logo_refusal("damaged", message) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    picture.thumbnail((LOGO_WIDTH, LOGO_HEIGHT))
    copy = Image.new("RGBA", picture.size)  # carries no metadata over
    copy.paste(picture)
    for candidate in (copy, copy.quantize(256)):
        out = BytesIO()
        candidate.save(out, "PNG", optimize=True)
        if out.tell() <= max_bytes:
            return out.getvalue()
    message = _("Choose a simpler picture, such as one without photographs: this one takes more than {most} KB")
    raise logo_refusal("too_rich", message.format(most=max_bytes // 1024))


def without_comments(png: bytes) -> bytes:
    """The PNG with only what draws it: not the texts, profiles and dates that Pillow refuses a picture for when they
    are long or damaged."""
    kept, start = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while start < len(png):
        length, kind = int.from_bytes(png[start : start + 4]), png[start + 4 : start + 8]
        end = start + 12 + length
        # A capital first letter says that it cannot be drawn without; tRNS is what is see-through.
        if kind[:1].isupper() or kind == b"tRNS":
            kept.append(png[start:end])
        start = len(png) if kind == b"IEND" else end
    return b"".join(kept)


def to_rgba(picture: "ImageFile.ImageFile", *, bits: int) -> "Image.Image":
    """The picture with 8 bits a channel. `bits` are those of a PNG: Pillow clips grey ones of 16 bits, and compares a
    see-through colour as the file has it with what it has scaled to 8 bits."""
    key = picture.info.get("transparency")
    if picture.mode.startswith("I"):
        grey = picture.convert("I")
        shades = grey.point([shade >> 8 for shade in range(65536)], "L").convert("RGBA")
        if isinstance(key, int):
            shades.putalpha(grey.point([0 if shade == key else 255 for shade in range(65536)], "L"))
        return shades
    if isinstance(key, int) and picture.mode in ("1", "L"):
        picture.info["transparency"] = key * 255 // (2**bits - 1)
    elif isinstance(key, tuple) and bits == 16:
        picture.info["transparency"] = tuple(part >> 8 for part in key)
    return picture.convert("RGBA")


def check_logo_size(width: int, height: int) -> None:
    """Raises ValidationFailed for more pixels on a side than `LIMITS["logo_pixels"]`."""
    if max(width, height) > settings.LIMITS["logo_pixels"]:
        raise logo_size_refusal()


def logo_size_refusal() -> ValidationFailed:
    message = _("Choose a smaller picture: a logo may have {most} by {most} pixels")
    return logo_refusal("pixels", message.format(most=settings.LIMITS["logo_pixels"]))


def logo_refusal(code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Issue(code=f"logo_{code}", message=message, key="logo")])
