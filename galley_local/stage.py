"""A stack on which scenarios are played: by a caller, a reviewer, a clock and other systems."""

import json
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from galley_local.mailbox import Mail
from galley_local.reviewer import Browser, Page, decide, open_link, sign_in
from galley_local.rotation import RotationFailedError
from galley_local.settings import set_prompts
from galley_local.watch import StuckError, Watch

if TYPE_CHECKING:
    from galley_local.stack import Stack

TOPIC = "How lighthouses made their lights seen farther"
REVIEWER = "reviewer@example.com"
REQUEST = {"topic": TOPIC, "reviewer": REVIEWER, "options": {"max_sources": 2}}


class Stage:
    """What the people and systems around a workflow do, each through the address it would use."""

    def __init__(self, stack: "Stack") -> None:
        self.stack = stack
        self._numbers = count(1)
        self._step_functions = stack.client("stepfunctions")
        self._watch = Watch(stack)
        self._mails = 0
        self._browser = Browser()  # of whoever has signed in last

    def begin(self) -> None:
        """Forget what earlier scenarios have left: mails, denials, searches, settings."""
        self._mails = len(self.stack.mailbox.mails())
        self._watch.forget_denials()
        table, client = self.stack.outputs["TableName"], self.stack.client("dynamodb")
        for item in client.scan(TableName=table)["Items"]:
            if item["sk"]["S"] == "CACHE" or item["pk"]["S"] == "ROLES":
                key = {name: item[name] for name in ("pk", "sk")}
                client.delete_item(TableName=table, Key=key)

    def leave(self) -> None:
        """Let what runs end; what is started next is the next workflow."""
        if self._watch.status == "RUNNING":
            self.stop()
        if self._watch.status not in {"SUCCEEDED", ""}:
            self._watch.is_looked_after()
        self._watch.leave()

    def set_prompts(self) -> None:
        """Give each role another prompt, as an operator does; that of the writer is tried."""
        set_prompts(self.stack, str(next(self._numbers)))  # which nothing has read yet

    def start(self, topic: str = TOPIC) -> None:
        """Start a workflow."""
        self._start({**REQUEST, "topic": topic})

    def start_for(self, *reviewers: str) -> None:
        """Start a workflow whose drafts all of some reviewers must approve."""
        asked = {name: value for name, value in REQUEST.items() if name != "reviewer"}
        self._start({**asked, "reviewers": list(reviewers), "approval": "all"})

    def _start(self, request: dict[str, Any]) -> None:
        self._watch.execution = self.stack.start(request, name=f"scenario-{next(self._numbers)}")

    def start_by_schedule(self) -> None:
        """Let the time of the schedule come."""
        try:
            self._watch.execution = self.stack.run_schedule()
        except ClientError as error:
            raise StuckError(str(error)) from error

    def start_by_event(self) -> None:
        """Ask for a workflow as another system does, on the application's bus."""
        entry = {
            "EventBusName": self.stack.outputs["EventBusName"],
            "Source": "newsroom",
            "DetailType": "Research requested",
            "Detail": json.dumps(REQUEST),
        }
        self.stack.client("events").put_events(Entries=[entry])

    def link(self) -> str:
        """Return the link in the next mail of this workflow; one of an earlier may come late."""

        def unread() -> list[int]:
            path = f"/approvals/{self._watch.workflow_id}/"
            mails = enumerate(self.stack.mailbox.mails(), 1)
            return [n for n, mail in mails if n > self._mails and path in "".join(mail.links[:1])]

        self._watch.wait_for(lambda: bool(unread()))
        self._mails = unread()[0]
        return self.stack.mailbox.mails()[self._mails - 1].links[0]

    def approve(self) -> None:
        """Open the next mail's link, read, and approve."""
        self._decide("approved")

    def reject(self, comments: str) -> None:
        """Open the next mail's link, read, and reject."""
        self._decide("rejected", comments)

    def sign_in(self) -> None:
        """Sign in on the way to the next mail's link."""
        path = self.link().removeprefix(self.stack.url)
        page = Browser().open(f"{self.stack.url}/sign-in?{urlencode({'to': path})}")
        self._browser = _answered(sign_in(_answered(page), REVIEWER)).browser

    def find_in_inbox(self) -> None:
        """See that the draft is among those that wait for whoever is signed in."""
        page = _answered(self._browser.open(f"{self.stack.url}/inbox"))
        if f"/approvals/{self._watch.workflow_id}/" not in page.text:
            raise StuckError("the inbox does not have the draft")

    def sign_out(self) -> None:
        """See that somebody is signed in, and sign out."""
        page = _answered(self._browser.open(f"{self.stack.url}/sign-out"))
        if REVIEWER not in page.text:
            raise StuckError("nobody is signed in")
        _answered(self._browser.send(page.link, {}))

    def approve_unheard(self) -> None:
        """Approve, and lose what follows: the decision is written, the workflow not told of it."""
        vote = {
            "reviewer": REVIEWER,
            "decision": "approved",
            "comments": "",
            "decided_at": "2026-11-23T08:00:00+00:00",
        }
        self.stack.client("dynamodb").update_item(
            TableName=self.stack.outputs["TableName"],
            Key={"pk": {"S": f"WORKFLOW#{self._watch.workflow_id}"}, "sk": {"S": "APPROVAL#001"}},
            UpdateExpression="SET #status = :decided, votes = :votes",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":decided": {"S": "DECIDED"},
                ":votes": {"L": [{"M": {name: {"S": text} for name, text in vote.items()}}]},
            },
        )

    def crash_while_waiting(self) -> None:
        """Let the waiting state fail in a way that is tried again."""
        self._watch.wait_for(lambda: bool(self._watch.task_token))
        self._step_functions.send_task_failure(
            taskToken=self._watch.task_token, error="Sandbox.Timedout"
        )

    def pass_the_time(self) -> None:
        """Let the time run out in which the waiting state can be told."""
        self.stack.deployment.pass_deadline(self._watch.execution)

    def rotate_key(self) -> None:
        """Let the time come at which the signing key is replaced."""
        self.stack.rotation.let_key_age()
        try:
            self.stack.rotation.run()
        except RotationFailedError as error:
            raise StuckError(str(error)) from error

    def reconcile(self) -> None:
        """Let the time come at which somebody looks for what got stuck."""
        self.stack.deployment.tick()

    def forget_the_end(self) -> None:
        """Make the record what it is where nobody was told how the execution ended."""
        self.stack.client("dynamodb").update_item(
            TableName=self.stack.outputs["TableName"],
            Key={"pk": {"S": f"WORKFLOW#{self._watch.workflow_id}"}, "sk": {"S": "META"}},
            UpdateExpression="SET #status = :status, #open = :yes, started_at = :long_ago "
            "REMOVE closed",
            ExpressionAttributeNames={"#status": "status", "#open": "open"},
            ExpressionAttributeValues={
                ":status": {"S": "RUNNING"},
                ":yes": {"S": "yes"},
                ":long_ago": {"S": "2026-01-01T00:00:00+00:00"},
            },
        )

    def stop(self) -> None:
        """Stop the workflow as an operator does, who need not say why."""
        self._step_functions.stop_execution(executionArn=self._watch.execution)

    def expect(self, status: str, error: str = "") -> None:
        """Wait for the end, which must be this one."""
        self._watch.wait_for(lambda: self._watch.ending() == (status, error))

    def expect_told(self) -> None:
        """Wait until the function that looks after ends has seen this one, and has not failed."""
        if not self._watch.is_looked_after():
            raise StuckError("nobody has looked after the end")

    def expect_record(self, status: str) -> None:
        """Wait until the table says how the workflow has ended."""
        self._watch.wait_after(
            lambda: self._watch.recorded() == status,
            otherwise=f"the table does not say that the workflow is {status}",
        )

    def expect_event(self, kind: str) -> None:
        """Wait until the workflow's last event on the application's bus is of a kind."""
        about = self._watch.workflow_id

        def is_told() -> bool:
            own = (each for each in self.stack.events() if each["detail"]["workflow_id"] == about)
            return kind in {each["detail-type"] for each in own}

        self._watch.wait_after(is_told, f"nobody heard {kind!r}")

    def expect_mail(self, beginning: str) -> None:
        """Wait for a mail whose subject begins so."""
        self._watch.wait_after(
            lambda: self._mails_on(beginning) != [],
            otherwise=f"nobody was sent a mail that begins with {beginning!r}",
        )

    def read_report(self) -> None:
        """Open the link that came when the report was published, and read it."""
        self.expect_mail("Published: ")
        page = open_link(self._mails_on("Published: ")[-1].links[0], REVIEWER)
        if page.status != HTTPStatus.OK or "About this report" not in page.text:
            raise StuckError(f"the report's link was answered by {page.status}")

    def _mails_on(self, beginning: str) -> list[Mail]:
        mails = self.stack.mailbox.mails()[self._mails :]
        return [mail for mail in mails if mail.subject.startswith(beginning)]

    def _decide(self, decision: str, comments: str = "") -> None:
        link = self.link()
        reviewer = self.stack.mailbox.mails()[self._mails - 1].to[0]
        page = _answered(open_link(link, reviewer))
        _answered(decide(page, decision, comments))


def _answered(page: Page) -> Page:
    if page.status != HTTPStatus.OK:
        raise StuckError(f"the approval API answered {page.status}")
    return page
