"""Minds with cassettes: one that records what another answers, and one that plays it again."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from galley_local.bedrock.agent import Agent
from galley_local.bedrock.session import ServiceError, Session, Usage
from galley_local.bedrock.thinking import Mind
from galley_local.cassettes.cassette import (
    Cassette,
    ToolUse,
    about_nothing,
    digest,
    question_of,
    read_cassettes,
    template_digest,
)


class RecordingMind:
    """Answers as another mind does, and keeps each answer as a cassette."""

    def __init__(
        self,
        mind: Mind,
        folder: Path,
        made_by: str,
        about: Callable[[str], Mapping[str, str]] = about_nothing,
    ) -> None:
        self._mind = mind
        self._folder = folder
        self._made_by = made_by
        self._about = about
        self.written: list[Path] = []

    def answer(self, role: str, prompt: str, session: Session) -> str:
        """Return the other's answer, after it was written down."""
        overheard = _Overheard(session)
        text = self._mind.answer(role, prompt, overheard)
        usage = session.usage or Usage.estimated(prompt, text)
        case, item = question_of(session.session_id)
        cassette = Cassette(
            role=role,
            case=case,
            item=item,
            prompt_sha256=digest(prompt),
            template_sha256=template_digest(prompt),
            made_by=self._made_by,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            text=text,
            tools=overheard.used,
            **self._about(role),
        )
        self.written.append(cassette.write(self._folder))
        return text


class _Overheard:
    """A session that notes which tools are used."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.used: list[ToolUse] = []

    @property
    def agent(self) -> Agent:
        return self._session.agent

    @property
    def session_id(self) -> str:
        return self._session.session_id

    @property
    def usage(self) -> Usage | None:
        return self._session.usage

    @usage.setter
    def usage(self, counted: Usage | None) -> None:
        self._session.usage = counted

    def __call__(self, function: str, parameters: dict[str, str], /) -> str:
        said = self._session(function, parameters)
        self.used.append(ToolUse(function, dict(parameters), digest(said)))
        return said


class CassetteMind:
    """Answers from cassettes alone, and uses the tools that were used; else it says why not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cassettes = read_cassettes(folder)
        self._by_prompt = {(each.role, each.prompt_sha256): each for each in self._cassettes}
        self._by_case = {(each.role, each.case, each.item): each for each in self._cassettes}
        self._lock = threading.Lock()
        self._problems: dict[tuple[str, str], str] = {}

    @property
    def cases(self) -> set[tuple[str, str]]:
        """Roles and names of the cases that there are cassettes of."""
        return {(each.role, each.case) for each in self._cassettes}

    @property
    def made_by(self) -> str:
        """Whose answers they are."""
        return " and ".join(sorted({each.made_by for each in self._cassettes}))

    def problem(self, role: str, case: str) -> str:
        """Return why a case could not be played; nothing where it could."""
        return self._problems.get((role, case), "")

    def answer(self, role: str, prompt: str, session: Session) -> str:
        """Return the recorded answer; raises `ServiceError` where it does not fit any more."""
        cassette = self._by_prompt.get((role, digest(prompt)))
        if cassette is None:
            raise self._unplayable(role, session, self._why_not(role, prompt, session))
        for use in cassette.tools:
            if digest(session(use.name, use.given)) != use.said_sha256:
                why = f"is stale: the tool {use.name} says something else than it did"
                raise self._unplayable(role, session, why)
        session.usage = Usage(cassette.input_tokens, cassette.output_tokens)
        return cassette.text

    def _why_not(self, role: str, prompt: str, session: Session) -> str:
        kept = self._by_case.get((role, *question_of(session.session_id)))
        now = template_digest(prompt)
        if kept is None:
            return "is missing"
        if kept.template_sha256 != now:
            return (
                "is stale: the prompt template has changed since it was recorded"
                f" ({kept.template_sha256[:8]}, now {now[:8]})"
            )
        return "is stale: the prompt has other data in it than when it was recorded"

    def _unplayable(self, role: str, session: Session, why: str) -> ServiceError:
        case, _ = question_of(session.session_id)
        told = (
            f"the cassette of {role} case {case} {why}; record it again with"
            f" `galley eval --record {self._folder} --role {role} --case {case}` and the agents"
            f" that it is of ({self.made_by})"
        )
        with self._lock:
            self._problems.setdefault((role, case), told)
        return ServiceError(424, "DependencyFailedException", told)


def about_of(agents: Any) -> Callable[[str], Mapping[str, str]]:
    """Return what is known of whoever answers, if it says so."""
    about: Callable[[str], Mapping[str, str]] = getattr(agents, "about", about_nothing)
    return about
