"""What a user asks of `galley run`, checked before anything starts."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from galley.errors import InvalidRequestError
from galley.requests import Request

from galley_local.faults.fault import Fault
from galley_local.model.address import ModelAddress


@dataclass(frozen=True)
class Plan:
    """A checked request, what the reviewer will say, and where the report goes."""

    request: Request
    folder: Path
    rejections: tuple[str, ...]
    approve: bool
    sign_in: bool = False
    faults: tuple[Fault, ...] = ()
    model: ModelAddress | None = None  # none: the documents' own sentences
    web: bool = False
    backend: str | None = None  # none: the template's default
    budget: Mapping[str, Any] = field(default_factory=dict)  # as a request's options have it

    @classmethod
    def checked(  # noqa: PLR0913  # one parameter per field
        cls,
        *,
        topic: str,
        tenant: str,
        reviewers: tuple[str, ...],
        approval: str,
        max_sources: int,
        workflow_id: str | None,
        out: Path,
        rejections: tuple[str, ...],
        approve: bool,
        sign_in: bool = False,
        faults: tuple[Fault, ...] = (),
        model: ModelAddress | None = None,
        web: bool = False,
        backend: str | None = None,
        budget: Mapping[str, Any] | None = None,
    ) -> Self:
        """Check what the user asks for; raises `InvalidRequestError` that names what is wrong."""
        given = {name: each for name, each in (budget or {}).items() if each is not None}
        event = {
            "tenant": tenant,
            "topic": topic,
            "reviewers": list(reviewers),
            "approval": approval,
            "options": {"max_sources": max_sources, **given},
        }
        request = Request.from_event(event, workflow_id=workflow_id or id_from(topic))
        if any(not comment.strip() for comment in rejections):
            raise InvalidRequestError("--reject: a rejection needs a comment")
        folder = _new_folder(out, request.workflow_id)
        more = (sign_in, faults, model, web, backend, given)
        return cls(request, folder, rejections, approve, *more)

    def event(self) -> dict[str, Any]:
        """Return the input of the execution."""
        return {
            "tenant": self.request.tenant,
            "topic": self.request.topic,
            "reviewers": self.request.reviewers,
            "approval": self.request.approval,
            "options": {"max_sources": self.request.max_sources, **self.budget},
        }

    def give_up(self) -> None:
        """Remove the folder that was made for the report, if nothing is in it."""
        with suppress(OSError):
            self.folder.rmdir()


def _new_folder(out: Path, workflow_id: str) -> Path:
    # Made before anything runs: a report that cannot be put anywhere would be lost.
    folder = out / workflow_id
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise InvalidRequestError(
            f"{folder} exists: a workflow with this id has run; choose another --workflow-id"
            if folder.is_dir()
            else f"--out: {out} cannot be written ({error.strerror}); choose another folder"
        ) from error
    return folder


def id_from(topic: str) -> str:
    """Return an id that says what a workflow is about, and is nobody else's."""
    slug = re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-")[:40].rstrip("-") or "research"
    return f"{slug}-{secrets.token_hex(3)}"
