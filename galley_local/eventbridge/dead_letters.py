"""Where events end that could not be delivered: the queues that the template names for them."""

from galley_local.clients import client_of
from galley_local.iam.permissions import SOURCE, Permissions
from galley_local.iam.policies import Call
from galley_local.iam.service_calls import EVENTS


class DeadLetters:
    """Sends to queues as those who may: rules by a queue's policy, all others by their role."""

    def __init__(self, url: str, permissions: Permissions, account_id: str) -> None:
        self._url = url
        self._permissions = permissions
        self._account_id = account_id

    def from_rule(self, rule_arn: str, queue_arn: str, body: str) -> None:
        """Send what a rule could not deliver; the queue's policy says from which rules."""
        context = {SOURCE: (rule_arn,), "aws:SourceAccount": (self._account_id,)}
        if self._permissions.check(EVENTS, Call("sqs:SendMessage", queue_arn, context)) is None:
            self.send("operator", queue_arn, body)

    def send(self, caller: str, queue_arn: str, body: str) -> None:
        """Send as a caller, whose role must allow it."""
        account_id, name = queue_arn.split(":")[4:6]
        queue_url = f"{self._url}/{account_id}/{name}"
        client_of(self._url, "sqs", caller).send_message(QueueUrl=queue_url, MessageBody=body)
