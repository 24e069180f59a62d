"""What is attacked: a workflow that waits for its reviewer, and what an attack may not change."""

import json
import time
from typing import TYPE_CHECKING, Any, Protocol

from galley.signing import SigningKey, Ticket

from galley_local.attacks.search import Secret
from galley_local.attacks.wire import Door
from galley_local.lambdas.function import Function, Outcome
from galley_local.reviewer import open_link

if TYPE_CHECKING:
    from galley_local.stack import Stack

LONGEST_WAIT_SECONDS = 60
TOPIC = "How lighthouses made their lights seen farther"
REVIEWER = "reviewer@example.com"


class Target(Protocol):
    """Something behind a door, whose state can be looked at."""

    door: Door

    def state(self) -> Any:
        """Return what must be the same after an attack."""

    def secrets(self) -> tuple[str, ...]:
        """Return what no answer may hold."""


class Elsewhere:
    """A draft that waits behind a link, on any endpoint."""

    def __init__(self, link: str) -> None:
        page = open_link(link)
        if not page.form_token:
            raise ValueError(f"the link's page has no form to attack: status {page.status}")
        self._link = link
        self.door = Door.at(link, page.form_token)

    def state(self) -> Any:
        """Return whether the page still asks for a decision."""
        return bool(open_link(self._link).form_token)

    def secrets(self) -> tuple[str, ...]:
        """Return nothing: whoever has but a link knows none."""
        return ()


class Waiting:
    """A workflow on a stack of this machine that waits for its reviewer."""

    reads_as = ""  # who is signed in where its form is read, if anybody has to be

    def __init__(self, stack: "Stack", name: str, **request: Any) -> None:
        self.stack = stack
        self.name = name
        self._step_functions = stack.client("stepfunctions")
        self._dynamodb = stack.client("dynamodb")
        self._table = stack.outputs["TableName"]
        self._tokens: set[str] = set()
        self._form_tokens: set[str] = set()
        stack.lambdas.observers.append(self._note)
        asked = {
            "tenant": name,
            "topic": TOPIC,
            "reviewer": REVIEWER,
            "options": {"max_sources": 2},
            **request,
        }
        asked = {name: value for name, value in asked.items() if value is not None}
        self.execution = stack.start(asked, name=name)
        self.door = self.opened(1)

    def opened(self, round_number: int) -> Door:
        """Return the door of a round, once its last link is mailed."""
        path = f"{self.stack.url}/approvals/{self.name}/{round_number}?"

        def mailed() -> list[str]:
            mails = self.stack.mailbox.mails()
            own = (mail for mail in mails if not self.reads_as or self.reads_as in mail.to)
            return [link for mail in own for link in mail.links if link.startswith(path)]

        self.wait_for(mailed)
        link = mailed()[-1]
        door = Door.at(link, open_link(link, self.reads_as).form_token)
        self._form_tokens.add(door.form_token)
        return door

    def wait_for(self, condition: Any) -> None:
        """Wait until something is the case; raises TimeoutError where it never is."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: nothing happened")
            time.sleep(0.05)

    def status(self) -> str:
        """Return the execution's status."""
        found = self._step_functions.describe_execution(executionArn=self.execution)
        return str(found["status"])

    def recorded(self) -> str:
        """Return the status in the workflow's record."""
        found = (item for item in self._items() if item["sk"] == {"S": "META"})
        return str(next(found)["status"]["S"])

    def approval(self, round_number: int = 1) -> dict[str, Any]:
        """Return a round's approval, as it is in the table."""
        (found,) = (
            item for item in self._items() if item["sk"] == {"S": f"APPROVAL#{round_number:03d}"}
        )
        return found

    def rewrite(self, **numbers: int) -> None:
        """Change the first round's approval as only an operator could."""
        key = {name: self.approval()[name] for name in ("pk", "sk")}
        for name, number in numbers.items():
            self._dynamodb.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression="SET #name = :value",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":value": {"N": str(number)}},
            )

    def state(self) -> Any:
        """Return what the table, the bucket and Step Functions hold of it, and who was mailed."""
        self.stack.let_outbox_finish()
        items = self._items()
        s3, bucket = self.stack.client("s3"), self.stack.outputs["ArtifactsBucket"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{self.name}/").get("Contents", [])
        objects = [(each["Key"], each["ETag"]) for each in listed]
        # Of its own letters alone: an earlier target may have been decided, and be published now.
        letters = sum(self.name in mail.text for mail in self.stack.mailbox.mails())
        return json.dumps([items, objects, self.status(), letters])

    def ticket(self, **changes: Any) -> Ticket:
        """Return what the first round's link stands for, with something changed."""
        item = self.approval()
        texts = {name: item[name]["S"] for name in ("workflow_id", "tenant", "draft_sha256")}
        texts["reviewer"] = item["reviewers"]["L"][0]["S"]
        numbers = {name: int(item[name]["N"]) for name in ("round", "expires_at")}
        return Ticket(**{**texts, **numbers, **changes})

    def secrets(self) -> tuple[str, ...]:
        """Return the task tokens and the key."""
        self.wait_for(lambda: self._tokens)  # a mail may be read before its function has ended
        return (*self._tokens, self.key().secret.decode())

    def hidden(self) -> set[Secret]:
        """Return what may stand in nothing that is written down."""
        *tokens, key = self.secrets()
        return {
            Secret("the signing key", key),
            *(Secret("a task token", token) for token in tokens),
            *(Secret("a form token", token) for token in self._form_tokens),
        }

    def key(self) -> SigningKey:
        """Return the key that signs."""
        found = self.stack.client("secretsmanager").list_secrets()["SecretList"]
        value = self.stack.client("secretsmanager").get_secret_value(SecretId=found[0]["ARN"])
        return SigningKey(value["SecretString"].encode())

    def _note(self, _: Function, event: Any, __: Outcome) -> None:
        if isinstance(event, dict) and event.get("workflow_id") == self.name:
            self._tokens |= {event["task_token"]} if "task_token" in event else set()

    def _items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"WORKFLOW#{self.name}"}},
        )["Items"]
        return found
