"""`guardian demo --check`: the main journey without a person, over the same pages, mails and API that people use."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

import httpx

from guardian import app
from guardian.audit import store
from guardian.demo import cast
from guardian.demo.player import Failed, Player, chosen, expect, page_of
from guardian.demo.run import Running, Say
from guardian.demo.visitor import Visitor
from guardian.errors import GuardianError
from guardian.events import SYSTEM


def check(demo: Running, say: Say) -> int:
    """Play every step; answers 0 only if all hold."""
    journey = _Journey(demo)
    started = time.monotonic()
    for number, (title, step) in enumerate(journey.steps(), start=1):
        try:
            detail = step()
        except (Failed, LookupError, KeyError, ValueError, httpx.HTTPError, GuardianError) as error:
            say(f"{number:>2}. FAILED  {title}: {error or type(error).__name__}")
            return 1
        say(f"{number:>2}. ok      {title}{f' ({detail})' if detail else ''}")
    say(f"All steps hold, in {time.monotonic() - started:.1f} s.")
    return 0


class _Journey(Player):
    def __init__(self, demo: Running) -> None:
        super().__init__(demo)
        self._upload = ""

    def steps(self) -> list[tuple[str, Callable[[], str | None]]]:
        """The journey, in order."""
        return [
            ("the roster is planned, and nothing is written yet", self._plan),
            ("the roster is committed, and committing again changes nothing", self._commit),
            ("every guardian gets one mail for all their children", self._mails),
            ("before any answer nobody is admitted", self._nobody),
            ("opening the link decides nothing", self._look),
            ("a guardian confirms for two children on one page", self._confirm),
            ("until the second message is out, access stays closed", self._pending),
            ("the second, delayed message completes the consent: permit", self._permit),
            ("another guardian withdraws as easily, and access closes at once", self._withdraw),
            ("the silent guardian gets reminders", self._remind),
            ("the silent guardian's child is flagged for a person", self._flag),
            ("an admin reads the case and approves the purge", self._approve),
            ("a basis that arrives in time stops a purge", self._rescued),
            ("the purge runs and leaves a certificate", self._certificate),
            ("the erased learner stays erased", self._erased),
            ("the history of all this is intact", self._history),
        ]

    def _plan(self) -> str:
        files = {"file": ("roster.csv", cast.ROSTER.encode(), "text/csv")}
        form = {"institution": str(self.demo.world.institution), "mode": "additions"}
        plan = self.json(self.api.post("/v1/rosters", files=files, data=form))
        self._upload = plan["id"]
        expect(plan["state"] == "planned", f"the upload is {plan['state']}")
        expect(plan["counts"]["new"] == 12, f"12 new learners were expected: {plan['counts']}")
        found = self.json(self.api.get("/v1/learners", params={"institution": form["institution"]}))
        expect(found["items"] == [], "learners were written by a plan")
        return f"{plan['counts']['new']} new"

    def _commit(self) -> str:
        first = self.json(self.api.post(f"/v1/rosters/{self._upload}/commit"))
        second = self.json(self.api.post(f"/v1/rosters/{self._upload}/commit"))
        expect(first["state"] == second["state"] == "committed", f"{first['state']}, then {second['state']}")
        listed = self.json(self.api.get("/v1/learners", params={"institution": str(self.demo.world.institution)}))
        self.learners = {item["student_id"]: item["platform_id"] for item in listed["items"]}
        expect(len(self.learners) == 12, f"{len(self.learners)} learners instead of 12")
        return "12 learners"

    def _mails(self) -> str:
        wanted = set(re.findall(r"[\w.]+@example\.(?:org|com)", cast.ROSTER)) - {"helen.sterling@example.com"}
        mails = self.wait(lambda: self._all_asked(wanted), "not every guardian was written to")
        maria = [mail for mail in mails if mail["to"] == "maria.kowalska@example.org" and page_of(mail, "/g/")]
        expect(len(maria) == 1, f"{len(maria)} mails to the mother of two")
        expect("Anna" in maria[0]["text"] and "Jan" in maria[0]["text"], "the mail does not name both children")
        expect("Kowalska" not in maria[0]["subject"], "a name stands in the subject")
        return f"{len(wanted)} guardians"

    def _all_asked(self, wanted: set[str]) -> list[dict[str, Any]] | None:
        mails = [mail for mail in self.inbox() if page_of(mail, "/g/")]
        return mails if wanted <= {mail["to"] for mail in mails} else None

    def _nobody(self) -> str:
        answers = self.json(self.api.post("/v1/decisions", json={"learners": list(self.learners.values())}))
        permitted = [a for a in answers["decisions"] if a["access"] == "permit"]
        reasons = [a["reasons"] for a in permitted]
        expect(reasons == [["own_consent"]], f"only the learner over the threshold may be in: {reasons}")
        return "one is of age, eleven wait"

    def _look(self) -> None:
        for address in ("maria.kowalska@example.org", "grace.ashdown@example.com"):
            link = self.link(address)
            for agent in ("", "BingPreview/1.0b", "Mozilla/5.0"):
                httpx.get(link, headers={"user-agent": agent}, timeout=30)
                head = httpx.head(link, headers={"user-agent": agent}, timeout=30)
                expect(head.status_code == 200, f"HEAD answers {head.status_code}")
        expect(self.decision("1001")["reasons"] == ["consent_missing"], "looking at the page changed something")

    def _confirm(self) -> str:
        link = self.link("maria.kowalska@example.org")
        with Visitor(self.base, "pl") as visitor:
            expect(visitor.open(link) == 200, f"the page answers {visitor.answer.status_code}")
            form = visitor.form("/g/")
            expect(not form.chosen_beforehand, "an answer is chosen beforehand")
            expect(len(visitor.answer.content) < 50_000, "the page is heavier than 50 KB")
            answers = chosen(form.choices, core="yes", optional="no")
            expect(visitor.press("/g/", **answers) == 422, "a form without a name was taken")
            time.sleep(2.2)  # a ticket is not good for its first two seconds: no person reads so fast
            again = visitor.press("/g/", **answers, relationship="mother", name="Maria Kowalska")
            expect(again == 200 and str(visitor.answer.url).endswith("/done"), f"answering led to {again}")
        return "2 children, recordings refused"

    def _pending(self) -> None:
        reasons = self.decision("1001")["reasons"]
        expect(reasons == ["verification_pending"], f"the decision says {reasons}")

    def _permit(self) -> str:
        self.advance("P1DT1H")
        decision = self.until("1001", "permit")
        expect(decision["reasons"] == ["authorised", "consented"], f"the decision says {decision['reasons']}")
        expect(self.decision("1002")["access"] == "permit", "the brother is still blocked")
        optional = decision["purposes"]["recordings"]
        expect(optional["access"] == "block", "a refused purpose is permitted")
        return "both children admitted, recordings stay off"

    def _withdraw(self) -> None:
        self.answer("ruth.penhale@example.com", "Ruth Penhale")
        self.advance("P1DT1H")
        self.until("1008", "permit")
        with Visitor(self.base) as visitor:
            visitor.open(self.link("ruth.penhale@example.com") + "/withdraw")
            time.sleep(2.2)
            ticks = {name: values[0] for name, values in visitor.form("/withdraw").choices.items()}
            status = visitor.press("/withdraw", **ticks)
            expect(status == 200, f"withdrawing answers {status}")
        decision = self.decision("1008")
        expect(decision["access"] == "block" and "consent_withdrawn" in decision["reasons"], str(decision["reasons"]))

    def _remind(self) -> str:
        for days in ("P2D", "P4D", "P5D"):
            self.advance(days)
            time.sleep(1.2)
        mails = self.wait(self._reminded, "no reminder reached the silent guardian")
        return f"{len(mails)} mails in all"

    def _reminded(self) -> list[dict[str, Any]] | None:
        mails = [mail for mail in self.inbox() if mail["to"] == "grace.ashdown@example.com"]
        return mails if len(mails) >= 2 and any("/u/" in link for mail in mails for link in mail["links"]) else None

    def _flag(self) -> str:
        flag = self.wait(lambda: self.decision("1004").get("flag"), "no flag was opened")
        decision = self.decision("1004")
        expect(decision["access"] == "block" and decision["purge_due_at"], "the block has no date for the purge")
        return f"{flag}, purge due {decision['purge_due_at']}"

    def _approve(self) -> None:
        with self.admin() as visitor:
            visitor.open("/admin/flags")
            expect(visitor.answer.status_code == 200, f"the queue answers {visitor.answer.status_code}")
            for name in ("Noah Ashdown", "Inès Moreau"):
                self._approve_one(visitor, name)

    @staticmethod
    def _approve_one(visitor: Visitor, name: str) -> None:
        visitor.open("/admin/flags")
        flag = re.search(rf'href="(/admin/flags/[0-9a-f-]{{36}})"><bdi>{name}<', visitor.answer.text)
        expect(flag, f"{name} is not in the queue")
        assert flag is not None
        visitor.open(flag[1])
        page = re.search(r"/admin/learners/[0-9a-f-]{36}", visitor.answer.text)
        expect(page, "the flag does not lead to the account")
        assert page is not None
        expect(visitor.open(f"{page[0]}/purge") == 200, f"the purge page answers {visitor.answer.status_code}")
        status = visitor.press("/purge")
        expect(status == 200, f"approving answers {status}")

    def _rescued(self) -> None:
        self.answer("julien.moreau@example.org", "Julien Moreau")
        self.advance("PT25H")
        self.until("1007", "permit")

    def _certificate(self) -> str:
        decision = self.wait(
            lambda: (found := self.decision("1004"))["reasons"] == ["erased"] and found, "the purge did not finish"
        )
        expect(self.decision("1007")["access"] == "permit", "the purge took a learner with a basis")
        with self.admin() as visitor:
            visitor.open("/admin/purges")
            link = re.search(r"/admin/purges/[0-9a-f-]{36}/certificate", visitor.answer.text)
            expect(link, "no certificate is listed")
            assert link is not None
            expect(visitor.open(link.group()) == 200, "the certificate does not open")
            expect("Ashdown" not in visitor.text and "Noah" not in visitor.text, "the certificate names the child")
        return f"{decision['learner']} is {decision['reasons'][0]}"

    def _erased(self) -> None:
        files = {"file": ("roster.csv", cast.ROSTER.encode(), "text/csv")}
        form = {"institution": str(self.demo.world.institution), "mode": "additions"}
        plan = self.json(self.api.post("/v1/rosters", files=files, data=form))
        states = {row["row"]: row["state"] for row in plan["rows"]}
        expect(states.get(5) == "held", f"the row of the erased learner is {states.get(5)}")
        expect(plan["counts"]["new"] == 0, f"the same roster brings new learners: {plan['counts']}")

    def _history(self) -> str:
        with self.admin() as visitor:
            expect(visitor.open("/admin/audit") == 200, "the history does not open")

        async def verify() -> tuple[int, object]:
            async with app.opened(self.demo.settings) as context, context.transaction(SYSTEM) as tx:
                return await store.check(tx)

        held, broken = asyncio.run(verify())
        expect(broken is None, f"the chain breaks: {broken}")
        return f"{held} entries"
