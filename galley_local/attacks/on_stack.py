"""Attacks that need a stack of one's own: on decisions, other people's links, time and keys."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from galley.signing import SigningKey

from galley_local.attacks.target import Waiting
from galley_local.attacks.wire import MARK, Door, Reply

if TYPE_CHECKING:
    from galley_local.stack import Stack

Prepare = Callable[["Stack", str], Waiting]
OTHER_KEY = SigningKey(b"a key that an attacker has made")
RACERS = 50
AT_ONCE = 16


def _both(door: Door) -> Iterable[Reply]:
    return [door.send("GET"), door.decide("approved"), door.decide("rejected", "x")]


def waiting(stack: "Stack", name: str) -> Waiting:
    """Return a workflow that waits."""
    return Waiting(stack, name)


def approved(stack: "Stack", name: str) -> Waiting:
    """Return a workflow that its reviewer has approved."""
    target = Waiting(stack, name)
    target.door.decide("approved", "")
    target.wait_for(lambda: target.status() == "SUCCEEDED")
    return target


def rejected(stack: "Stack", name: str) -> Waiting:
    """Return a workflow whose second draft waits, and the door of the first."""
    target = Waiting(stack, name)
    target.door.decide("rejected", "More on reflectors.")
    target.opened(2)
    return target


def expired(stack: "Stack", name: str) -> Waiting:
    """Return a workflow whose deadline is over, though its execution still waits."""
    target = Waiting(stack, name)
    past = int(time.time()) - 1
    target.rewrite(expires_at=past)
    query = target.ticket().query(target.key())
    target.door = replace(
        target.door, query=query, form_token=target.ticket().form_token(target.key())
    )
    return target


def stopped(stack: "Stack", name: str) -> Waiting:
    """Return a workflow that an operator has stopped."""
    target = Waiting(stack, name)
    stack.client("stepfunctions").stop_execution(executionArn=target.execution)
    target.wait_for(lambda: {target.status(), target.recorded()} == {"ABORTED"})
    return target


def changed(stack: "Stack", name: str) -> Waiting:
    """Return a workflow whose draft somebody has replaced in the bucket."""
    target = Waiting(stack, name)
    bucket, key = stack.outputs["ArtifactsBucket"], target.approval()["draft_key"]["S"]
    stack.client("s3").put_object(Bucket=bucket, Key=key, Body=b"# Buy my lamps\n")
    return target


def hostile(stack: "Stack", name: str) -> Waiting:
    """Return a workflow whose topic is markup, as is the title of a source."""
    return Waiting(stack, name, topic=f"How lighthouses {MARK} made their lights seen farther")


def needing_two(stack: "Stack", name: str) -> Waiting:
    """Return a workflow that one of two reviewers has approved, and the door of that one."""
    reviewers = ["reviewer@example.com", "second@example.com"]
    target = Waiting(stack, name, reviewer=None, reviewers=reviewers, approval="all")
    target.door.decide("approved")
    return target


def rotated(stack: "Stack", name: str) -> Waiting:
    """Return a workflow whose link was signed before two rotations of the key."""
    target = Waiting(stack, name)
    for _ in range(2):
        stack.rotation.let_key_age()
        stack.rotation.run()
    stack.lambdas.cool()  # a warm function knows a key for some minutes more
    return target


@dataclass(frozen=True)
class OnStack:
    """An attack on a workflow that was brought into some state."""

    prepare: Prepare
    attack: Callable[[Waiting], Iterable[Reply]]
    is_wrong: Callable[[Waiting, Any, list[Reply]], bool] = lambda target, before, _: (
        before != target.state()
    )


def _raced(target: Waiting) -> list[Reply]:
    said = [("approved", ""), ("rejected", "More on reflectors.")] * RACERS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda each: target.door.decide(*each), said))


def _is_undecided(target: Waiting, _: Any, replies: list[Reply]) -> bool:
    """Tell whether a race has ended with anything but one decision, which all were told."""
    written = target.approval()["votes"]["L"][0]["M"]["decision"]["S"]
    statuses = [(("approved", "rejected")[n % 2], reply.status) for n, reply in enumerate(replies)]
    told = {status for decision, status in statuses if decision == written}
    refused = {status for decision, status in statuses if decision != written}
    return told != {HTTPStatus.OK} or refused != {HTTPStatus.CONFLICT}


def _signed(key: SigningKey | None = None, **changes: Any) -> Callable[[Waiting], Iterable[Reply]]:
    """Decide by a link that is signed, but for something else, or with another key."""

    def attack(target: Waiting) -> Iterable[Reply]:
        ticket, signing = target.ticket(**changes), key or target.key()
        return _both(
            replace(target.door, query=ticket.query(signing), form_token=ticket.form_token(signing))
        )

    return attack


def _for_the_other(target: Waiting) -> Iterable[Reply]:
    ticket, key = target.ticket(reviewer="second@example.com"), target.key()
    return [replace(target.door, form_token=ticket.form_token(key)).decide("approved")]


def _own_key(target: Waiting) -> Iterable[Reply]:
    query = target.ticket().query(OTHER_KEY) | {"kid": target.key().id}
    return _both(replace(target.door, query=query))


def _on_door(target: Waiting) -> Iterable[Reply]:
    return _both(target.door)


ON_STACK: dict[str, OnStack] = {
    "the link of another tenant": OnStack(waiting, _signed(tenant="radio")),
    "the link of another workflow": OnStack(waiting, _signed(workflow_id="another")),
    "the link of another round": OnStack(waiting, _signed(round=2)),
    "the link of another reviewer": OnStack(waiting, _signed(reviewer="eve@example.com")),
    "the link of another draft": OnStack(waiting, _signed(draft_sha256="1" * 64)),
    "a link signed with a key of one's own": OnStack(waiting, _signed(OTHER_KEY)),
    "such a link that names our key": OnStack(waiting, _own_key),
    "the form token of another round": OnStack(
        waiting,
        lambda target: [
            replace(
                target.door, form_token=target.ticket(round=2).form_token(target.key())
            ).decide()
        ],
    ),
    "the same decision again": OnStack(
        approved, lambda target: [target.door.decide("approved") for _ in range(5)]
    ),
    "the other decision afterwards": OnStack(
        approved, lambda target: [target.door.decide("rejected", "x") for _ in range(5)]
    ),
    "the link of a round that was replaced": OnStack(rejected, _on_door),
    "other comments afterwards": OnStack(
        rejected, lambda target: [target.door.decide("rejected", "Less on reflectors.")]
    ),
    "one of two reviewers approves ten times": OnStack(
        needing_two, lambda target: [target.door.decide("approved") for _ in range(10)]
    ),
    "one of two reviewers signs the other's form": OnStack(needing_two, _for_the_other),
    "a link whose time is over": OnStack(expired, _on_door),
    "a workflow that was stopped": OnStack(stopped, _on_door),
    "a draft that was replaced in the bucket": OnStack(changed, _on_door),
    "markup in topic and source": OnStack(hostile, lambda target: [target.door.send("GET")]),
    f"{RACERS} approvals against {RACERS} rejections": OnStack(waiting, _raced, _is_undecided),
    "a key that was rotated out": OnStack(rotated, _on_door),
}
