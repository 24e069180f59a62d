"""Who answers in `galley eval`: the agents that its options name, or what they once answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galley_local.model.address import ModelAddress

if TYPE_CHECKING:
    from galley_local.cassettes.minds import CassetteMind
    from galley_local.evals.cases import Entry
    from galley_local.evals.library import Library
    from galley_local.evals.target import Target

EXTRACTIVE, CASSETTE = "extractive", "cassette:"


class AnsweringError(ValueError):
    """Options that name no agents; the message says what is wrong with them."""


@dataclass(frozen=True)
class Answering:
    """The options that say who answers, and where that is recorded."""

    agents: str | None = None
    model: str | None = None
    stack: str | None = None
    profile: str | None = None
    region: str | None = None
    record: Path | None = None

    def check(self) -> None:
        """Raise `AnsweringError` where the options do not go together."""
        if sum(each is not None for each in (self.agents, self.model, self.stack)) > 1:
            raise AnsweringError(
                "--agents, --model and --stack exclude each other; give one of them"
            )
        if self.stack is None and (self.profile or self.region):
            raise AnsweringError("--profile and --region go with --stack")
        if self.agents not in {None, EXTRACTIVE} and not self.plays:
            raise AnsweringError(
                f"--agents: there are {EXTRACTIVE} and {CASSETTE}FOLDER, not {self.agents!r}"
            )
        if self.plays and self.record:
            raise AnsweringError("--record: what comes from cassettes has been recorded")

    @property
    def plays(self) -> str:
        """The folder of cassettes that is played; nothing where none is."""
        return (self.agents or "").removeprefix(CASSETTE) if self._is_cassette else ""

    @property
    def _is_cassette(self) -> bool:
        return (self.agents or "").startswith(CASSETTE)

    def cassettes(self) -> "CassetteMind | None":
        """Return what plays the cassettes, or None; raises `CassetteError`."""
        if not self.plays:
            return None
        from galley_local.cassettes.minds import CassetteMind

        return CassetteMind(Path(self.plays))

    @contextmanager
    def target(self, library: "Library", cassettes: "CassetteMind | None") -> Iterator["Target"]:
        """Yield where the evals run."""
        from galley_local.evals.target import deployed, laptop

        if self.stack is not None and self.record is None:
            with deployed(self.stack, self._session()) as target:
                yield target
            return
        model = ModelAddress.parse(self.model) if self.model else None
        kind = f"model {model.name}" if model else EXTRACTIVE
        mind = self._mind(model)
        if self.stack:
            kind = f"stack {self.stack}"
        if cassettes:
            kind, mind = cassettes.made_by, cassettes
        made_by = kind
        if cassettes or self.record:
            kind = recorded(kind)
        is_deterministic = mind is None or bool(cassettes)
        if self.record:
            mind = _recording(mind, self.record, made_by)
        with laptop(library, mind, kind) as target:
            target.is_deterministic = is_deterministic
            if cassettes:
                target.why_not = cassettes.problem
            if model and model.is_ollama:
                target.side_by_side = 1  # it answers one after the other
            yield target

    def _mind(self, model: ModelAddress | None) -> Any:
        if self.stack:
            from galley_local.cassettes.deployed import HarnessMind

            return HarnessMind.of_stack(self.stack, self._session())
        if model is None:
            return None
        from galley_local.model.mind import ModelMind

        return ModelMind(model)

    def _session(self) -> Any:
        import boto3
        from botocore.exceptions import BotoCoreError

        try:
            return boto3.Session(profile_name=self.profile, region_name=self.region)
        except BotoCoreError as error:
            raise AnsweringError(f"--stack {self.stack}: {error}") from error


def recorded(made_by: str) -> str:
    """
    Return by what name the baseline knows recorded answers of some agents.

    What is played is the same each time, and what these agents answer to a stack's own functions is
    not: neither may be held against the other. The extractive agents' are the same either way.
    """
    return made_by if made_by == EXTRACTIVE else f"{made_by}, recorded"


def with_cassettes(entries: "list[Entry]", cassettes: "CassetteMind") -> "list[Entry]":
    """Return the cases that there are cassettes of; raises `AnsweringError` where none is left."""
    there = [each for each in entries if (each.role.name, each.name) in cassettes.cases]
    if not there:
        raise AnsweringError("--agents: the folder has no cassettes of these cases")
    return there


def _recording(mind: Any, folder: Path, made_by: str) -> Any:
    from galley_local.cassettes.minds import RecordingMind, about_of
    from galley_local.extractive import ExtractiveMind

    return RecordingMind(mind or ExtractiveMind(), folder, made_by, about_of(mind))
