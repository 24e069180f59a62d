"""
What starts something besides a caller: schedules, and rules that an event matches.

moto keeps both and reaches neither state machines nor functions, and knows no InputPath. Here a
rule's target gets an event that matches, as the rule's role or by the target's own permission; a
schedule is started when somebody says that it is time. What cannot be delivered goes to the
target's dead-letter queue.
"""

import json
import logging
import threading
import uuid
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from moto.events.models import Rule

from galley_local.clients import client_of
from galley_local.eventbridge.asynchronous import AsynchronousCalls
from galley_local.eventbridge.dead_letters import DeadLetters
from galley_local.iam.service_calls import EVENTS, NotPermittedError
from galley_local.made import Made
from galley_local.resources.eventbridge import Schedule

LOG = logging.getLogger(__name__)

LAST_DELIVERY_SECONDS = 10
STATES, LAMBDA, SQS = ":states:", ":lambda:", ":sqs:"

_send_to_moto_targets = Rule.send_to_targets


@dataclass(frozen=True)
class Trigger:
    """A state machine as the target of a schedule or rule: what to start, and as whom."""

    caller: str  # stands for the role, as an access key does
    role_arn: str
    state_machine_arn: str
    input: str | None = None
    dead_letter_queue: str | None = None

    @classmethod
    def of(cls, owner: str, target: Mapping[str, Any]) -> "Trigger":
        """Return the trigger that a target of a schedule or rule is."""
        queue = target.get("DeadLetterConfig", {}).get("Arn")
        return cls(f"trigger-{owner}", target["RoleArn"], target["Arn"], target.get("Input"), queue)

    def start(self, url: str, execution_input: str) -> str:
        """Start an execution, named as EventBridge names them, and return its ARN."""
        client = client_of(url, "stepfunctions", self.caller)
        started = client.start_execution(
            stateMachineArn=self.state_machine_arn,
            name=f"{uuid.uuid4()}_{uuid.uuid4()}",
            input=execution_input,
        )
        return str(started["executionArn"])


def schedules_of(made: Made) -> list[Trigger]:
    """Return what a template's schedules start."""
    return [Trigger.of(each.name, each.properties["Target"]) for each in made.of_type(Schedule)]


def rules_of(made: Made) -> list[Trigger]:
    """Return what a template's rules start; functions are called by permission instead."""
    return [
        Trigger.of(rule.name, target)
        for rule in made.of_type(Rule)
        for target in rule.targets
        if "RoleArn" in target
    ]


class Deliveries:
    """Delivers events to the targets of rules."""

    def __init__(self, url: str, calls: AsynchronousCalls, dead_letters: DeadLetters) -> None:
        self._url = url
        self._calls = calls
        self._dead_letters = dead_letters
        self._under_way: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._is_over = False

    def begin(self) -> None:
        """Deliver from now on; there is one stack at a time in a process."""

        def send_to_targets(rule: Rule, event: Any, *rest: Any, **more: Any) -> None:
            ours = [
                each
                for each in rule.targets
                if any(service in each["Arn"] for service in (STATES, LAMBDA, SQS))
            ]
            is_on_time = rule.scheduled_expression is not None  # to moto it matches everything
            is_for_us = ours and not (is_on_time or self._is_over)
            if is_for_us and rule.event_pattern.matches_event(event):
                for target in ours:
                    # EventBridge answers PutEvents before it delivers.
                    arguments = (rule, target, dict(event))
                    thread = threading.Thread(target=self._deliver, args=arguments, daemon=True)
                    with self._lock:  # whoever ends deliveries joins each of them
                        if self._is_over:
                            break
                        thread.start()
                        alive = [each for each in self._under_way if each.is_alive()]
                        self._under_way = [*alive, thread]
            others = copy(rule)
            others.targets = [each for each in rule.targets if each not in ours]
            _send_to_moto_targets(others, event, *rest, **more)

        Rule.send_to_targets = send_to_targets  # type: ignore[assignment,method-assign]

    @property
    def are_under_way(self) -> bool:
        """Whether an event is on its way to a target."""
        return any(thread.is_alive() for thread in self._under_way)

    def end(self) -> None:
        """Deliver what is under way, and nothing from now on: executions may end later."""
        with self._lock:
            self._is_over = True
            under_way = self._under_way
        for thread in under_way:
            thread.join(LAST_DELIVERY_SECONDS)

    def run(self, schedule: Trigger) -> str:
        """Start what a schedule starts, or keep what it could not start, and raise."""
        execution_input = schedule.input or "{}"
        try:
            return schedule.start(self._url, execution_input)
        except ClientError:
            if schedule.dead_letter_queue:
                queue = schedule.dead_letter_queue
                self._dead_letters.send(schedule.caller, queue, execution_input)
            raise

    def tick(self, rule: Rule) -> None:
        """Do what a rule on time does when its time has come."""
        event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
        for target in rule.targets:
            self._deliver(rule, target, event)

    def _deliver(self, rule: Rule, target: Mapping[str, Any], event: dict[str, Any]) -> None:
        payload = _part_of(event, target.get("InputPath", "$"))
        try:
            if LAMBDA in target["Arn"]:
                self._calls.invoke(EVENTS, rule.arn, target["Arn"], payload)
            elif SQS in target["Arn"]:
                self._dead_letters.from_rule(rule.arn, target["Arn"], json.dumps(payload))
            else:
                Trigger.of(rule.name, target).start(self._url, json.dumps(payload))
        except OSError:
            if not self._is_over:  # or there are no workers any more: it comes too late
                raise
        except (ClientError, NotPermittedError) as error:
            LOG.warning("rule %s could not reach %s: %s", rule.name, target["Arn"], error)
            queue = target.get("DeadLetterConfig", {}).get("Arn")
            if queue:
                self._dead_letters.from_rule(rule.arn, queue, json.dumps(payload))


def _part_of(event: Any, path: str) -> Any:
    """Return what an InputPath such as $.detail takes of an event."""
    for name in path.split(".")[1:]:
        event = event[name]
    return event
