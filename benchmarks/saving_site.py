"""The site with two more addresses, bare views, for benchmarks; and, run as a module, the people who save.

One bare view is open to all, so the middleware does everything it does for any request, and the view nothing; the other
is for those who are signed in, so the session and the person are looked up as well.
"""

import json
import sys
import uuid

import django

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402  # settings come first
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.urls import path, reverse  # noqa: E402

from assess import urls  # noqa: E402
from assess.assessments.actions import start_assessment  # noqa: E402
from assess.assessments.editions import newest_edition  # noqa: E402
from assess.people.access import open_to_all, signed_in  # noqa: E402
from assess.people.actions import create_workspace_for  # noqa: E402
from assess.people.models import User  # noqa: E402


@open_to_all(reason="measures the middleware alone")
def bare_ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@signed_in
def bare_signed_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urls.urlpatterns += [path("bare-ok/", bare_ok), path("bare-signed-in/", bare_signed_in)]
application = get_wsgi_application()


def people(count: int) -> list[dict[str, str]]:
    """So many people, signed in, with a new assessment each: session, CSRF token and the address to save at."""
    edition = newest_edition()
    assert edition is not None
    made = []
    for _ in range(count):
        user = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", name="Client")
        assessment = start_assessment(team=create_workspace_for(user), system_name="Web shop", edition=edition, by=user)
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.create()
        url = reverse("assessment-answers", args=[assessment.pk])
        made.append({"session": session.session_key or "", "csrf": _get_new_csrf_string(), "url": url})
    return made


if __name__ == "__main__":
    print(json.dumps(people(int(sys.argv[1]))))
