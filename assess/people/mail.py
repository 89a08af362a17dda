"""Mail that leaves the site: what may be written into it, how much goes where, and what becomes of each.

A mail is a row, written in the transaction that it tells of, so that a rollback takes it back. The row is its own queue
entry: the background worker sends it; where no worker takes it in time, the process that wrote it does, in a thread. No
request waits for a mail server. What could not be sent is tried again ever later, and given up with a notice to the
person in whose name it went. Contents hold links with secrets, so they are stored encrypted until they are sent.

Does not decide who is notified of what (`notices`) or who may invite whom (`invitations`).
"""

import hashlib
import hmac
import json
import logging
import re
import smtplib
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils import timezone, translation
from django_tasks import task

from assess.language import _
from assess.people.addresses import normalize_address
from assess.people.models import MailKind, MailState, Notice, OutgoingMail, User, Workspace
from assess.people.tokens import get_cipher
from assess.questionnaire.facade import Issue, ValidationFailed, check_name
from assess.web.facade import absolute_url, beating, is_abandoned, request_address

logger = logging.getLogger(__name__)

#: A mail that no worker has taken by then is sent by the process that wrote it.
WORKER_PATIENCE: Final = timedelta(seconds=5)
#: How long after each attempt that failed the next one is made; after the last the mail is given up.
BACKOFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
#: Mails that one process takes at a time.
BATCH: Final = 50
DAY: Final = timedelta(days=1)
#: What was sent is counted for a day; what failed can be looked at for two weeks.
KEPT_FAILED: Final = timedelta(days=14)

CIPHER_PURPOSE: Final = "queued mail"
HASH_PURPOSE: Final = "address of a mail"

#: What a mail program would make a link of, or take for an address.
LINK_LIKE: Final = re.compile(r"\S*(?:://|@|\bwww\.|(?<=[\w-])\.[^\W\d_]{2,}(?![\w]))\S*", re.IGNORECASE)

#: The ids of mails written here, while somebody collects them (`collecting_mails`).
written_ids: Final[ContextVar[list[int] | None]] = ContextVar("written_ids", default=None)

#: Whether this process has a timer running that sends what no worker took.
timer_lock: Final = threading.Lock()
timer_is_set: Final = threading.Event()


class MailLimitReached(Exception):  # noqa: N818 -- a limit is no error of ours
    """So many mails went there today; `retry_at` is when the next one may. The message is for the person."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One mail. Its subject begins with words of ours (`build_subject`); `about` is where its sender learns more."""

    subject: str
    body: str
    to: str
    kind: MailKind
    about: str = "/"
    by: User | None = None  #: in whose name it goes, who learns when it can't be sent
    workspace: Workspace | None = None
    user: User | None = None  #: whose account it goes to


# --- what may be written into it


def check_mail_name(text: str, limit: int) -> str:
    """`text` by `check_name`, when no mail program would make a link of it. Raises ValidationFailed.

    For names that people choose and that stand in mails to others: of people, teams, workspaces and systems. The site
    would otherwise send anybody's advertisement or bait under its own name.
    """
    text = check_name(text, limit)
    # Browsers read these dots as ours: `evil。example`.
    found = LINK_LIKE.search(unicodedata.normalize("NFKC", text).replace("\u3002", "."))
    if len(text.splitlines()) > 1:
        raise ValidationFailed([Issue(code="not_one_line", message=_("Write this on one line, without tabs"))])
    if found:
        message = _("Leave out “{part}”: in mails it would be a link. A space after the dot is enough")
        raise ValidationFailed([Issue(code="link_in_name", message=message.format(part=found[0][:40]))])
    return text


def build_subject(text: str) -> str:
    """The subject on one line; it begins with the site's name, whatever people typed into the rest."""
    return _("Splitcheck: {text}").format(text=" ".join(text.split()))[:120]


def build_mail(to: str, text: str, url: str, details: str = "", *, ending: str = "", **more: Any) -> Mail:
    """One mail that says `text`, then `details`, then the whole address of the path `url`. `more` as in `Mail`."""
    body = "\n\n".join(part for part in (text, details, absolute_url(url), ending) if part)
    return Mail(subject=build_subject(text), body=f"{body}\n", to=to, **{"about": url, **more})


def mail_leaves_the_site() -> bool:
    """False while mail is only written to files, so that no page asks anybody to wait for it."""
    return not settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend")


# --- limits


def hash_address(text: str) -> str:
    """What is stored to count mails to an address, or from one of the network: nobody reads it back."""
    key = f"{HASH_PURPOSE}{settings.SECRET_KEY}".encode()
    return hmac.new(key, normalize_address(text).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def check_mail_limits(addresses: Iterable[str], *, workspace: Workspace | None = None) -> None:
    """Raises MailLimitReached where one more mail to each of these addresses would be too many for a day.

    Counts what strangers may cause: invitations, requests to answer, and mails about accounts; by recipient, by
    workspace and by the address from which the request comes. A query for each.
    """
    now = timezone.now()
    recent = OutgoingMail.objects.filter(created_at__gt=now - DAY).exclude(kind=MailKind.NOTICE)
    hashes = [hash_address(address) for address in addresses]
    limits = settings.LIMITS
    source = hash_address(request_address.get()) if request_address.get() else ""
    counted: list[tuple[QuerySet[OutgoingMail], int, str]] = [
        (
            recent.filter(recipient_hash=hashed),
            limits["mails_per_recipient"],
            _("This address got {most} mails from here today, the most in a day. Tell the person yourself."),
        )
        for hashed in hashes
    ]
    if workspace is not None:
        sentence = _("This workspace sent {most} invitations by mail today, the most in a day.")
        most = limits["mails_per_workspace"] - len(hashes) + 1
        counted.append((recent.filter(workspace=workspace), most, sentence))
    if source:
        sentence = _("{most} mails were sent from your network today, the most in a day.")
        most = limits["mails_per_source"] - len(hashes) + 1
        counted.append((recent.filter(source_hash=source), most, sentence))
    for queryset, most, sentence in counted:
        times = list(queryset.order_by("-created_at").values_list("created_at", flat=True)[: max(1, most)])
        if len(times) >= most:
            retry_at = (times[-1] if times else now) + DAY
            raise MailLimitReached(sentence.format(most=most), retry_at=retry_at)


# --- writing


def queue_mails(mails: Sequence[Mail]) -> None:
    """Write the mails, in the transaction of what they tell of; they leave after COMMIT.

    One query, and one for each notice.
    """
    if write_mails(mails):
        transaction.on_commit(start_sending, robust=True)


def write_mails(mails: Sequence[Mail]) -> int:
    """Write the mails, which nobody is told to send yet; returns how many.

    A notice is left out where its recipient got too many today: it is on the site in any case.
    """
    source = request_address.get()
    kept = [mail for mail in mails if mail.kind != MailKind.NOTICE or has_room_for_notice(mail)]
    if not kept:
        return 0
    now = timezone.now()
    cipher = get_cipher(CIPHER_PURPOSE)
    rows = OutgoingMail.objects.bulk_create(
        OutgoingMail(
            kind=mail.kind,
            content=cipher.encrypt(
                json.dumps({"subject": mail.subject, "body": mail.body, "to": mail.to, "about": mail.about}).encode()
            ).decode(),
            recipient_hash=hash_address(mail.to),
            source_hash=hash_address(source) if source else "",
            by=mail.by,
            workspace=mail.workspace,
            user=mail.user,
            created_at=now,
            next_try_at=now,
        )
        for mail in kept
    )
    if (ids := written_ids.get()) is not None:
        ids += [row.pk for row in rows]
    return len(kept)


@contextmanager
def collecting_mails() -> Iterator[list[int]]:
    """Yields the ids of the mails that are written inside, also of those that are taken back, to `count_mails` them."""
    ids: list[int] = []
    token = written_ids.set(ids)
    try:
        yield ids
    finally:
        written_ids.reset(token)


def has_room_for_notice(mail: Mail) -> bool:
    since = timezone.now() - DAY
    sent = OutgoingMail.objects.filter(recipient_hash=hash_address(mail.to), created_at__gt=since)
    return sent.count() < settings.LIMITS["notice_mails_per_recipient"]


def start_sending() -> None:
    """Wake the background worker; where mail only goes to files or a list in memory, send at once. Never raises."""
    try:
        if not settings.MAIL_IN_BACKGROUND:
            send_due_mails()
            return
        send_outgoing_mails.enqueue()
    except Exception:
        logger.exception("The worker could not be woken; the mails wait for the next one that is")
    if settings.MAIL_IN_BACKGROUND:
        set_timer(WORKER_PATIENCE)


@task()
def send_outgoing_mails() -> int:
    """Send what is due, and come back when the next attempt is. Returns how many were sent."""
    count = send_due_mails()
    again_at = next_attempt()
    if again_at is not None:
        send_outgoing_mails.using(run_after=again_at).enqueue()
    return count


def set_timer(wait: timedelta, *, is_retry: bool = False) -> None:
    """Look at the queue once more from this process, where no timer of its runs already."""
    with timer_lock:
        if timer_is_set.is_set():
            return
        timer_is_set.set()
    timer = threading.Timer(wait.total_seconds(), send_untaken)
    # A command that ends waits for its first attempt, so its mails leave also where no worker runs; not for later ones.
    timer.daemon = is_retry
    timer.start()


def send_untaken() -> None:
    """What no worker took, sent by this process. Whoever claims a row first sends it."""
    timer_is_set.clear()
    try:
        send_due_mails()
        again_at = next_attempt()
        if again_at is not None:
            set_timer(max(again_at - timezone.now(), WORKER_PATIENCE), is_retry=True)
    except Exception:
        logger.exception("The queue of mails could not be read; they wait for the worker")
    finally:
        connection.close()  # this thread's own


# --- sending


def send_due_mails() -> int:
    """Send all mails whose time has come; returns how many left. A mail that can't be sent fails no other.

    Where the server can't be reached, all that is due waits for its next attempt without another try, or a worker with
    a thousand mails would wait for hours, and with it what else is to be made.
    """
    remove_old_rows()
    count = 0
    is_answering = True
    while rows := claim_mails():
        if is_answering:
            with beating(OutgoingMail.objects.filter(pk__in=[row.pk for row in rows], state=MailState.SENDING)):
                sent, is_answering = send_rows(rows)
            count += sent
        else:
            for row in rows:
                put_back(row, ConnectionError("The mail server did not answer for the mails before"))
    return count


def is_due() -> Q:
    """The condition on mails that are to be sent now: their time has come, or the process that was at them died. Such a
    one may be sent twice, but is never lost."""
    died = Q(state=MailState.SENDING) & is_abandoned()
    return Q(state=MailState.WAITING, next_try_at__lte=timezone.now()) | died


def has_lost_mails() -> bool:
    """Whether mails are due that no process of ours is about to send. One query."""
    return OutgoingMail.objects.filter(is_due(), created_at__lt=timezone.now() - WORKER_PATIENCE).exists()


def claim_mails() -> list[OutgoingMail]:
    """Rows that are due, marked as this process's, invitations and account mails before notices."""
    notices_last = Case(When(kind=MailKind.NOTICE, then=Value(1)), default=Value(0), output_field=IntegerField())
    claimed = []
    for row in OutgoingMail.objects.filter(is_due()).order_by(notices_last, "pk")[:BATCH]:
        mine = OutgoingMail.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts)
        if mine.update(state=MailState.SENDING, heartbeat_at=Now(), attempts=F("attempts") + 1):
            row.attempts += 1
            claimed.append(row)
    return claimed


def send_rows(rows: Sequence[OutgoingMail]) -> tuple[int, bool]:
    """Send these over one connection, so that a server that does not answer is waited for once.

    Returns how many left, and whether the server answered at all.
    """
    count = 0
    is_silent = False
    left = list(rows)
    try:
        with get_connection() as server:
            while left:
                row = left.pop(0)
                try:
                    content = read_content(row)
                    message = EmailMessage(content["subject"], content["body"], None, [content["to"]])
                    server.send_messages([message])
                except Exception as problem:
                    is_silent = is_silent or is_unanswered(problem)
                    put_back(row, problem)
                else:
                    count += 1
                    done = {"state": MailState.SENT, "content": "", "problem": ""}
                    OutgoingMail.objects.filter(pk=row.pk).update(**done)
    except Exception as problem:
        is_silent = True
        for row in left:
            put_back(row, problem)
    return count, count > 0 or not is_silent


def is_unanswered(problem: Exception) -> bool:
    """Whether the connection failed, so that the next mail would fare no better."""
    is_answer = isinstance(problem, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
    return isinstance(problem, OSError) and not is_answer


def read_content(row: OutgoingMail) -> dict[str, str]:
    """Subject, body, recipient and page of a mail that has not left."""
    content: dict[str, str] = json.loads(get_cipher(CIPHER_PURPOSE).decrypt(row.content))
    return content


def put_back(row: OutgoingMail, problem: Exception) -> None:
    """Plan the next attempt; or give up where the server refused for good or all attempts were made, and say so."""
    logger.warning("Mail %s could not be sent, attempt %s: %r", row.pk, row.attempts, problem)
    stored = type(problem).__name__
    if row.attempts > len(BACKOFF) or is_final(problem):
        OutgoingMail.objects.filter(pk=row.pk).update(state=MailState.FAILED, problem=stored)
        tell_sender(row)
        return
    next_try_at = timezone.now() + BACKOFF[row.attempts - 1]
    OutgoingMail.objects.filter(pk=row.pk).update(state=MailState.WAITING, next_try_at=next_try_at, problem=stored)


def is_final(problem: Exception) -> bool:
    """Whether the server said that trying again is of no use: there is no such box, or it takes no mail of ours."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _words in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPResponseException) and 500 <= problem.smtp_code < 600


def tell_sender(row: OutgoingMail) -> None:
    """A notice on the site for the person in whose name the mail went, in the site's language."""
    if row.by_id is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        content = read_content(row)
        sentence = _("A mail to {address} could not be sent. Check the address, or tell the person yourself.")
        Notice.objects.create(user_id=row.by_id, text=sentence.format(address=content["to"]), url=content["about"])


def next_attempt() -> datetime | None:
    """When the next mail that waits is to be tried; None without any."""
    waiting = OutgoingMail.objects.filter(state=MailState.WAITING).order_by("next_try_at")
    return waiting.values_list("next_try_at", flat=True).first()


def remove_old_rows() -> None:
    """Remove what is no longer counted or looked at."""
    now = timezone.now()
    OutgoingMail.objects.filter(
        Q(state=MailState.SENT, created_at__lte=now - DAY)
        | Q(state=MailState.FAILED, created_at__lte=now - KEPT_FAILED)
    ).delete()


# --- looking


#: A mail that no attempt was made at for so long waits for somebody to send it.
USUAL_WAIT: Final = timedelta(minutes=1)
#: How problems with one recipient are stored: they say nothing about other mail.
RECIPIENT_PROBLEMS: Final = ("SMTPRecipientsRefused", "SMTPDataError")


def is_mail_delayed() -> bool:
    """Whether mail can't leave just now: the server was not reached, or nobody sends. One query.

    True or false for everybody alike, so a page may say it whether the address that was entered has an account or not.
    """
    waiting = OutgoingMail.objects.filter(state=MailState.WAITING)
    is_late = Q(attempts=0, created_at__lte=timezone.now() - USUAL_WAIT)
    return waiting.filter(is_late | (Q(attempts__gt=0) & ~Q(problem__in=RECIPIENT_PROBLEMS))).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class MailCount:
    """How many mails left, how many wait for another attempt, and how many were given up."""

    sent: int
    waiting: int
    failed: int


def count_mails(ids: Sequence[int]) -> MailCount:
    """What became of these mails until now. One query."""
    states = Counter(OutgoingMail.objects.filter(pk__in=ids).values_list("state", flat=True))
    return MailCount(
        sent=states[MailState.SENT],
        waiting=states[MailState.WAITING] + states[MailState.SENDING],
        failed=states[MailState.FAILED],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsentMail:
    """A mail that has not left, as administrators see it: to whom, since when, and whether it is tried again."""

    to: str
    since: datetime
    attempts: int
    next_try_at: datetime | None  #: None where it was given up


def unsent_mails(workspace: Workspace, *, limit: int) -> list[UnsentMail]:
    """What of the workspace's mail waits or was given up, the newest first. One query.

    Mail to its members counts as its own. What was written just now and waits for its first attempt is left out.
    """
    is_new = Q(attempts=0, created_at__gt=timezone.now() - USUAL_WAIT)
    rows = OutgoingMail.objects.filter(
        Q(workspace=workspace) | Q(user__memberships__workspace=workspace), ~is_new
    ).exclude(state=MailState.SENT)
    return [
        UnsentMail(
            to=read_content(row)["to"],
            since=row.created_at,
            attempts=row.attempts,
            next_try_at=None if row.state == MailState.FAILED else row.next_try_at,
        )
        for row in rows.distinct().order_by("-pk")[:limit]
    ]
