"""What somebody typed into a form while their sign-in ended: kept until they signed in again and sent it.

Each form says, signed, on which page it is and whose page that was (`form_page`, put there by `{% csrf_token %}`). A
form that arrives without a sign-in is kept in the visitor's session, which signing in keeps; the sign-in leads back to
the page, and `kept_forms` fills the form in. Nothing is sent by itself: the person presses the button again. Whoever
else signs in gets none of it. Passwords and files are never kept.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.defaulttags import CsrfTokenNode
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from assess.language import _
from assess.people.models import User
from assess.web.facade import API, fill_form, typed_values

register = template.Library()

#: Names of the hidden inputs: which page a form is on and whose, and which kept form was filled in. No view sees them.
FORM_PAGE: Final = "form_page"
KEPT_FORM: Final = "kept_form"
#: The session key.
KEPT: Final = "kept_forms"
#: Without a time: the same page has the same marks each time, so that a test can tell whether two pages are alike.
signer: Final = signing.Signer(salt="assess.people.kept_forms")
#: Beside those that `typed_values` leaves out: a code is worth nothing a minute later.
NEVER_KEPT: Final = frozenset({"code"})
#: Forms that a session keeps; together they are at most as large as one body may be.
MAX_KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class KeptForm:
    """`page` is where the form is, `action` where it is sent; `fields` are names and texts in their order."""

    id: str
    user_id: int
    page: str
    action: str
    fields: list[tuple[str, str]]
    had_file: bool


# --- the mark in each form


class FormTokenNode(CsrfTokenNode):
    """Django's hidden token, and beside it where the form is."""

    def render(self, context: Any) -> SafeString:
        request, token = context.get("request"), SafeString(super().render(context))
        if request is None or not token:
            return token
        marks = {FORM_PAGE: get_form_page(request), KEPT_FORM: get_mark(request, KEPT_FORM)}
        inputs = [(name, value) for name, value in marks.items() if value]
        return SafeString(token + format_html_join("", '<input type="hidden" name="{}" value="{}">', inputs))


@register.tag
def csrf_token(parser: Any, token: Any) -> FormTokenNode:
    """Instead of Django's: settings name this module as built-in tags of every template."""
    return FormTokenNode()


def get_form_page(request: HttpRequest) -> str:
    """The signed mark of this page's forms; "" on pages of nobody. No query.

    A page that answers a form has the mark of that form: its own address may take no GET.
    """
    known: str | None = getattr(request, "form_page_made", None)
    if known is None:
        posted = get_mark(request, FORM_PAGE)
        user = getattr(request, "user", None)
        read = read_form_page(posted)
        if read and (not isinstance(user, User) or user.pk == read[0]):
            known = posted
        else:
            known = signer.sign_object([user.pk, address_of_page(request)]) if isinstance(user, User) else ""
        request.form_page_made = known  # type: ignore[attr-defined]  # a page may have a hundred forms
    return known


def address_of_page(request: HttpRequest) -> str:
    """Path and query of the page that the browser shows, also where htmx asks for a part of it."""
    shown = page_in_header(request, "HX-Current-URL") if request.headers.get("HX-Request") == "true" else ""
    return shown or request.get_full_path()


def read_form_page(mark: str) -> tuple[int, str] | None:
    """Whose page it was, and its address; None for what we did not sign."""
    try:
        user_id, page = signer.unsign_object(mark)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    # Two slashes would name another host.
    return None if page.startswith("//") else (user_id, page)


def get_mark(request: HttpRequest, name: str) -> str:
    """One of our hidden inputs as it was posted, before or after `kept_forms` took it out of the form."""
    taken: dict[str, str] = getattr(request, "form_marks", {})
    return taken.get(name) or (request.POST.get(name, "") if request.method == "POST" else "")


# --- keeping


def keep_form(request: HttpRequest) -> str:
    """Keeps what was posted without a sign-in. Returns the address to come back to: the page that the form is on."""
    read = read_form_page(get_mark(request, FORM_PAGE))
    if read is None:
        return page_in_header(request, "Referer") or "/"
    user_id, page = read
    fields = [(name, text) for name, text in typed_values(request) if name not in NEVER_KEPT]
    if not any(text for _name, text in fields):
        messages.info(request, _("Nothing was changed. Sign in, then press the button again."))
        return page
    kept = KeptForm(
        id=secrets.token_urlsafe(8),
        user_id=user_id,
        page=page,
        action=request.get_full_path(),
        fields=fields,
        had_file=bool(request.FILES),
    )
    earlier = [one for one in read_kept(request) if (one.page, one.action, one.fields) != (page, kept.action, fields)]
    chosen = [kept]
    for one in reversed(earlier):
        if len(chosen) < MAX_KEPT and sum(map(size_of, [*chosen, one])) <= settings.LIMITS["body"]:
            chosen.insert(0, one)
    write_kept(request, chosen)
    if User.objects.filter(pk=user_id, is_guest=True).exists():
        messages.info(
            request, _("You are signed out. Open your personal link again: what you typed comes back in its form.")
        )
    else:
        messages.info(request, _("What you typed is kept. Sign in, and it is back in its form."))
    return page


def size_of(kept: KeptForm) -> int:
    return sum(len(name) + len(text) for name, text in kept.fields)


def page_in_header(request: HttpRequest, header: str) -> str:
    """Path and query of the page of ours that a header names; "" where it names none of ours."""
    try:
        named = urlsplit(request.headers.get(header, ""))
    except ValueError:
        return ""  # no address at all, such as `http://[`
    if named.netloc != request.get_host():
        return ""
    return f"{named.path}?{named.query}" if named.query else named.path


def read_kept(request: HttpRequest) -> list[KeptForm]:
    return [
        KeptForm(**{**values, "fields": [(name, text) for name, text in values["fields"]]})
        for values in request.session.get(KEPT, [])
    ]


def write_kept(request: HttpRequest, kept: list[KeptForm]) -> None:
    if kept:
        request.session[KEPT] = [asdict(one) for one in kept]
    else:
        request.session.pop(KEPT, None)


def drop_form(request: HttpRequest, kept_id: str) -> str:
    """Forgets this one. Returns the page that its form is on, "" for one that is not kept."""
    kept = read_kept(request)
    write_kept(request, [one for one in kept if one.id != kept_id])
    return next((one.page for one in kept if one.id == kept_id), "")


# --- giving back


def kept_forms(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Takes our hidden inputs out of what was posted, and fills kept forms into the pages that they are on."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.COOKIES.get(settings.SESSION_COOKIE_NAME) or KEPT not in request.session:
            return get_response(request)
        owner = request.session.get(SESSION_KEY)
        if owner is None:
            return get_response(request)
        kept = read_kept(request)
        own = [one for one in kept if str(one.user_id) == owner]
        if len(own) < len(kept):
            write_kept(request, own)
            messages.info(request, _("Somebody else typed something here before you signed in. We dropped it."))
        response = get_response(request)
        if request.session.get(SESSION_KEY) != owner:
            return response  # signed out, by which all is forgotten
        if request.method == "POST" and response.status_code < 400:
            drop_form(request, get_mark(request, KEPT_FORM))
        elif request.method == "GET" and own and is_whole_page(request, response):
            give_back(request, response, own)
        return response

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        is_form = (request.content_type or "").startswith(("application/x-www-form", "multip"))
        if request.method != "POST" or not is_form or request.path_info.startswith(API):
            return
        marks = {name: request.POST[name] for name in (FORM_PAGE, KEPT_FORM) if name in request.POST}
        if marks:
            form = request.POST.copy()
            for name in marks:
                del form[name]
            form._mutable = False
            request.form_marks, request.POST = marks, form  # type: ignore[attr-defined,assignment]

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it on the function
    return middleware


def is_whole_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return is_html and isinstance(response, HttpResponse) and request.headers.get("HX-Request") != "true"


def give_back(request: HttpRequest, response: HttpResponseBase, kept: list[KeptForm]) -> None:
    """Fills each kept form in where the page has it, and says at the top of the page what is where."""
    assert isinstance(response, HttpResponse)
    html, address, notices = response.content.decode(), request.get_full_path(), []
    for one in kept:
        is_here = one.page == address
        filled = (
            fill_form(html, page=address, action=one.action, fields=one.fields, kept_form=one.id) if is_here else None
        )
        form_id = ""
        if filled:
            html, form_id = filled
        notices.append({"kept": one, "is_here": is_here, "form_id": form_id})
    notice = render_to_string("people/kept_forms.html", {"notices": notices}, request)
    main = re.search(r"<main\b[^>]*>", html)
    if main:
        response.content = html[: main.end()] + notice + html[main.end() :]


__all__ = ["KeptForm", "csrf_token", "drop_form", "get_form_page", "keep_form", "kept_forms", "read_kept", "register"]
