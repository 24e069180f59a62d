"""
What starts executions besides a caller: schedules, and rules on the application's bus.

moto keeps both and starts nothing. Here a rule's target is started when an event matches, as the
rule's role; a schedule is started when somebody says that it is time.
"""

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.events.models import Rule

from galley_local.clients import client_of

STATES = ":states:"

_send_to_moto_targets = Rule.send_to_targets


@dataclass(frozen=True)
class Trigger:
    """A target of a schedule or rule: what to start, and as whom."""

    caller: str  # stands for the role, as an access key does
    role_arn: str
    state_machine_arn: str
    input: str | None = None

    @classmethod
    def of(cls, owner: str, target: Mapping[str, Any]) -> "Trigger":
        """Return the trigger that a target of a schedule or rule is."""
        return cls(f"trigger-{owner}", target["RoleArn"], target["Arn"], target.get("Input"))

    def start(self, url: str, execution_input: str) -> str:
        """Start an execution, named as EventBridge names them, and return its ARN."""
        client = client_of(url, "stepfunctions", self.caller)
        started = client.start_execution(
            stateMachineArn=self.state_machine_arn,
            name=f"{uuid.uuid4()}_{uuid.uuid4()}",
            input=execution_input,
        )
        return str(started["executionArn"])


def deliver_events(url: str) -> None:
    """Make rules start the state machines that are their targets."""

    def send_to_targets(rule: Rule, event: Any, *rest: Any, **more: Any) -> None:
        others = [target for target in rule.targets if STATES not in target["Arn"]]
        ours = [target for target in rule.targets if STATES in target["Arn"]]
        if ours and rule.event_pattern.matches_event(event):
            for target in ours:
                detail = event["detail"] if target.get("InputPath") == "$.detail" else event
                arguments = (Trigger.of(rule.name, target), url, json.dumps(detail))
                # EventBridge answers PutEvents before it delivers.
                threading.Thread(target=_start, args=arguments, daemon=True).start()
        rule.targets, kept = others, rule.targets
        try:
            _send_to_moto_targets(rule, event, *rest, **more)
        finally:
            rule.targets = kept

    Rule.send_to_targets = send_to_targets  # type: ignore[assignment,method-assign]


def _start(trigger: Trigger, url: str, execution_input: str) -> None:
    trigger.start(url, execution_input)
