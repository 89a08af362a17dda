"""People before two nodes: browsers that come through nginx by HTTPS, or ask one node as nginx would."""

import http.client
import json
import ssl
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from scripts.many_machines import Machines, Node
from tests.faults.conftest import PATIENCE, Answer, wait_until

PASSWORD = "correct horse battery"
#: Makes people with a team, a password and an assessment each, and prints the assessments' numbers.
MAKE_PEOPLE = """
import json
from allauth.account.models import EmailAddress
from assess.assessments.actions import start_assessment
from assess.assessments.editions import newest_edition
from assess.people.actions import create_workspace_for
from assess.people.models import User
made = {}
for name in NAMES:
    email = name + "@example.org"
    user = User.objects.create_user(email, PASSWORD, name=name.title())
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    team = create_workspace_for(user)
    assessment = start_assessment(team=team, system_name="Web shop", edition=newest_edition(), by=user)
    made[name] = (assessment.pk, team.workspace_id)
print(json.dumps(made))
"""


@dataclass
class Browser:
    """One person's browser, with its cookies. `at` names the node that nginx would choose; without it nginx chooses."""

    machines: Machines
    assessment: int = 0
    workspace: int = 0
    address: str = "192.0.2.7"
    cookies: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        *,
        at: Node | None = None,
        **headers: str,
    ) -> Answer:
        """The answer; raises OSError or HTTPException where none comes. Header names with _ for -."""
        host = f"localhost:{self.machines.port}"
        sent = {"Host": host, "Referer": f"https://{host}/", "Accept": "text/html", "Accept-Language": "en-gb"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection: http.client.HTTPConnection
        if at is None:
            trusting = ssl._create_unverified_context()
            port = self.machines.port
            connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=trusting)
        else:
            sent |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.address}
            connection = http.client.HTTPConnection("127.0.0.1", at.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        for line in response.msg.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(status=response.status, headers=response.msg, body=content, seconds=0)

    def get(self, path: str, *, at: Node | None = None) -> Answer:
        return self.ask("GET", path, at=at)

    def post(self, path: str, fields: dict[str, str], *, at: Node | None = None) -> Answer:
        token = {"csrfmiddlewaretoken": self.cookies.get("__Host-csrf", "")}
        return self.ask(
            "POST", path, urlencode(token | fields), at=at, Content_Type="application/x-www-form-urlencoded"
        )

    def upload(
        self, path: str, content: bytes, *, name: str, content_type: str, field: str, at: Node | None = None
    ) -> Answer:
        """The file as the only field of a form."""
        line = "a-line-between-the-parts"
        token = f'--{line}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        file = f'--{line}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        body = f"{token}{self.cookies['__Host-csrf']}\r\n{file}Content-Type: {content_type}\r\n\r\n".encode()
        body += content + f"\r\n--{line}--\r\n".encode()
        return self.ask("POST", path, body, at=at, Content_Type=f"multipart/form-data; boundary={line}")

    def sign_in(self, email: str, password: str = PASSWORD, *, at: Node | None = None) -> Answer:
        self.get("/account/login/", at=at)
        return self.post("/account/login/", {"login": email, "password": password}, at=at)

    def is_signed_in(self, *, at: Node | None = None) -> bool:
        return self.get(f"/assessments/{self.assessment}/", at=at).status == 200

    def save(self, question: str, value: Any, *, mutation: str = "", at: Node | None = None) -> Answer:
        """As the question page's script does. Keeps the version of what was acknowledged."""
        body = {
            "question": question,
            "value": value,
            "note": "",
            "base_version": self.versions.get(question, 0),
            "mutation_id": mutation or str(uuid.uuid4()),
        }
        answer = self.ask(
            "POST",
            f"/assessments/{self.assessment}/answers",
            json.dumps(body),
            at=at,
            Content_Type="application/json",
            Accept="application/json",
            X_CSRFToken=self.cookies["__Host-csrf"],
        )
        if answer.status == 200:
            self.versions[question] = answer.json["version"]
        return answer


def make_people(machines: Machines, *names: str, at: Node | None = None) -> dict[str, Browser]:
    """Somebody for each name, signed in, with an assessment that nobody has answered; made by a node's own code."""
    code = MAKE_PEOPLE.replace("NAMES", repr(names)).replace("PASSWORD", repr(PASSWORD))
    made = json.loads(machines.run("shell", "-v", "0", "-c", code, part=at))
    browsers = {name: Browser(machines, *numbers) for name, numbers in made.items()}
    for name, browser in browsers.items():
        answer = browser.sign_in(f"{name}@example.org", at=at)
        assert answer.status == 302, at.log() if at else answer.text
    return browsers


def wait_for_pdf(browser: Browser, *, at: Node | None = None) -> bytes:
    """The PDF of their assessment, once it is made."""

    def fetch() -> bytes:
        answer = browser.get(f"/assessments/{browser.assessment}/report.pdf", at=at)
        return answer.body if answer.headers["Content-Type"] == "application/pdf" else b""

    found: bytes = wait_until(fetch, "the PDF is made")
    return found


def until_answered(ask: Callable[[], Answer]) -> Answer:
    """As the question page's script does: sends again what got no answer, or one that is not the site's."""

    def answered() -> Answer | None:
        try:
            answer = ask()
        except (OSError, http.client.HTTPException):
            return None
        return answer if answer.status < 500 and answer.headers["X-Request-Reference"] else None

    found: Answer = wait_until(answered, "an answer of the site")
    return found
