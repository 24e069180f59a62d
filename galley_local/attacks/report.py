"""What came of attacks, and the table that says so."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from galley_local.attacks.by_link import BY_LINK
from galley_local.attacks.by_sign_in import BY_SIGN_IN
from galley_local.attacks.on_stack import ON_STACK, OnStack
from galley_local.attacks.search import Secret, found_in, signatures, written
from galley_local.attacks.target import Target, Waiting
from galley_local.attacks.wire import MARK, Reply

if TYPE_CHECKING:
    from galley_local.corpus import Corpus
    from galley_local.stack import Stack

DOCUMENTS = ("fresnel-lens-history.md", "reflectors-before-the-lens.md")


@dataclass(frozen=True)
class Result:
    """What one attack has brought about."""

    name: str
    statuses: str
    changed: bool
    leaked: str

    @property
    def succeeded(self) -> bool:
        """Whether it has changed or learned what it must not."""
        return self.changed or bool(self.leaked)


def attack_by_link(target: Target) -> Iterator[Result]:
    """Try what needs no more than a link."""
    for name, attack in BY_LINK.items():
        before = target.state()
        replies = list(attack(target.door))
        yield _result(name, target, replies, changed=before != target.state())


def attack_stack(stack: "Stack") -> Iterator[Result]:
    """Try everything on a stack whose links are enough, then search what was written."""
    target = Waiting(stack, "by-link")
    yield from attack_by_link(target)
    yield from _attack_in_turn(stack, ON_STACK, target.hidden(), "a search for secrets")


def attack_sign_in(stack: "Stack") -> Iterator[Result]:
    """Try everything on a stack on which reviewers sign in, then search what was written."""
    yield from _attack_in_turn(stack, BY_SIGN_IN, set(), "a search where reviewers sign in")


def attack_here(folder: Path) -> Iterator[Result]:
    """Start stacks with documents of a folder, and try everything on them."""
    from galley_local.stack import Stack

    with hostile_corpus(folder) as corpus:
        with Stack(corpus) as stack:
            yield from attack_stack(stack)
        with Stack(corpus, sign_in=True) as stack:
            yield from attack_sign_in(stack)


def _attack_in_turn(
    stack: "Stack", cases: Mapping[str, OnStack], secrets: set[Secret], search: str
) -> Iterator[Result]:
    for number, (name, case) in enumerate(cases.items(), 1):
        target = case.prepare(stack, f"case-{number}")
        before = target.state()
        replies = list(case.attack(target))
        wrong = case.is_wrong(target, before, replies)
        secrets |= target.hidden()
        yield _result(name, target, replies, changed=wrong)
    found = found_in(written(stack), secrets | signatures(stack))
    yield Result(search, "", False, ", ".join(found))


@contextmanager
def hostile_corpus(folder: Path) -> Iterator["Corpus"]:
    """Yield two documents of a folder, with markup in title and text of one."""
    from galley_local.corpus import Corpus

    with TemporaryDirectory() as directory:
        plain, hostile = (folder / name for name in DOCUMENTS)
        shutil.copy(plain, directory)
        text = (
            hostile.read_text(encoding="utf-8")
            .replace("# ", "", 1)
            .replace(" the ", f" {MARK} the ")
        )
        (Path(directory) / hostile.with_suffix(".txt").name).write_text(text, encoding="utf-8")
        yield Corpus.read(Path(directory))


def table(results: list[Result]) -> str:
    """Return the results as a table, and the sum below it."""
    width = max(len(result.name) for result in results)
    lines = [f"{'attack':<{width}}  {'status':<16} changed  leaked"]
    lines += [
        f"{each.name:<{width}}  {each.statuses:<16} {'YES' if each.changed else 'no':<7}  "
        f"{each.leaked or 'no'}"
        for each in results
    ]
    bad = sum(result.succeeded for result in results)
    return "\n".join([*lines, "", f"{len(results)} attacks, {bad} succeeded"])


def _result(name: str, target: Target, replies: list[Reply], *, changed: bool) -> Result:
    secrets = target.secrets()
    leaks = {leak for reply in replies for leak in reply.leaks(secrets)}
    counted = Counter(reply.status for reply in replies)
    statuses = ", ".join(
        f"{status or 'hung up'}{f' x{count}' if count > 1 else ''}"
        for status, count in counted.items()
    )
    return Result(name, statuses, changed, ", ".join(sorted(leaks)))
