"""What the demo's check does with the service: as a platform, a guardian, an admin, and as a reader of the inbox."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from guardian.demo.run import Running
from guardian.demo.visitor import Visitor

PATIENCE = 20.0
"""Seconds to wait for what the worker does in the background."""


class Failed(Exception):
    """A step did not hold."""


def expect(holds: object, otherwise: str) -> None:
    """Raises Failed when something does not hold."""
    if not holds:
        raise Failed(otherwise)


class Player:
    """Plays everybody's part over HTTP."""

    def __init__(self, demo: Running) -> None:
        self.demo = demo
        self.base = demo.settings.base_url
        self.api = httpx.Client(
            base_url=self.base, headers={"authorization": f"Bearer {demo.world.api_key}"}, timeout=30
        )
        self.learners: dict[str, str] = {}
        """Platform ids by student id."""

    def answer(self, address: str, name: str) -> None:
        """A guardian agrees to everything asked."""
        with Visitor(self.base) as visitor:
            visitor.open(self.link(address))
            answers = chosen(visitor.form("/g/").choices, core="yes", optional="yes")
            time.sleep(2.2)
            status = visitor.press("/g/", **answers, relationship="father", name=name)
            expect(status == 200, f"answering led to {status}")

    def admin(self) -> Visitor:
        """A visitor who is signed in as the operator's officer."""
        visitor = Visitor(self.base)
        visitor.open("/demo/sign-in/admin")
        status = visitor.press("/demo/sign-in/admin")
        expect(status == 200, f"signing in answers {status}")
        return visitor

    def advance(self, by: str) -> None:
        """Move the demo's time."""
        self.json(httpx.post(f"{self.base}/demo/clock", json={"advance": by}, timeout=30))

    def until(self, student: str, access: str) -> dict[str, Any]:
        """The decision once it has come to an access. Raises Failed when it does not in time."""
        found: dict[str, Any] = self.wait(
            lambda: (decision := self.decision(student))["access"] == access and decision,
            f"{student} never came to {access}: {self.decision(student)['reasons']}",
        )
        return found

    def decision(self, student: str) -> dict[str, Any]:
        """What the platform is told about a learner now."""
        return self.json(self.api.get(f"/v1/learners/{self.learners[student]}/decision"))

    def link(self, address: str) -> str:
        """The first link that a guardian was mailed."""
        links = [link for mail in self.inbox() if mail["to"] == address and (link := page_of(mail, "/g/"))]
        expect(links, f"no link was mailed to {address}")
        return links[0]

    def inbox(self) -> list[dict[str, Any]]:
        """Every mail so far."""
        mails: list[dict[str, Any]] = httpx.get(f"{self.base}/inbox.json", timeout=30).raise_for_status().json()
        return mails

    def wait(self, look: Callable[[], Any], otherwise: str) -> Any:
        """Look until there is something. Raises Failed after a while."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if found := look():
                    return found
            time.sleep(0.2)
        raise Failed(otherwise)

    @staticmethod
    def json(answer: httpx.Response) -> dict[str, Any]:
        """A successful answer's document. Raises Failed for any other."""
        if not answer.is_success:
            raise Failed(f"{answer.request.method} {answer.request.url.path} answers {answer.status_code}")
        found: dict[str, Any] = answer.json()
        return found


def page_of(mail: dict[str, Any], path: str) -> str | None:
    """The first link of a mail that leads to a kind of page."""
    return next((link for link in mail["links"] if path in link), None)


def chosen(choices: dict[str, list[str]], *, core: str, optional: str) -> dict[str, str]:
    """A choice for every question on a guardian's page."""
    asked = [name for name in choices if name.startswith("answer-")]
    return {name: core if name.endswith("-lessons") else optional for name in asked}
