"""Where evals run: a stack, on this machine or in an account, reached by the same calls."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from galley.artifacts import Artifacts
from galley.scope import CORPUS_PREFIX, Scope

from galley_local.evals.library import Library
from galley_local.evals.role import TENANT, Outcome, Place
from galley_local.evals.roles import ROLES

EXTRACTIVE = "extractive"
_LONGEST_CALL_SECONDS = 900  # as long as a function can run
# What says nothing of a prompt: it is asked again, and then told as what it is.
_PASSES = {"AgentThrottledError", "AgentUnavailableError", "StorageUnavailableError"}
_FAULTS = {"InvalidEventError", "StorageRefusedError", "ArtifactMissingError"}
_WAITS_SECONDS = (2, 8, 30)


class TargetError(ValueError):
    """A stack cannot be used for evals; the message says why and what to do."""


class NotRunError(Exception):
    """A case could not be run, for reasons that are not its agent's."""


@dataclass
class Target:
    """A stack's functions and its bucket; `kind` is what the baseline knows its agents by."""

    kind: str
    lambdas: Any
    s3: Any
    bucket: str
    functions: Mapping[str, str]  # by their directories
    is_deterministic: bool = False
    side_by_side: int = 4
    # why a case of a role could not be answered, where its agents know that better than the stack
    why_not: Callable[[str, str], str] = lambda _role, _case: ""
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def place(self, role: str, name: str) -> Place:
        """Return where a case's artifacts lie; another run has another place."""
        scope = Scope(TENANT, f"{self.run}.{role}.{name}")
        return Place(Artifacts(self.bucket, self.s3), scope)

    def invoke(self, function: str, event: Mapping[str, Any]) -> tuple[dict[str, Any], Outcome]:
        """Return what a function answered, or how it failed; raises `NotRunError`."""
        for wait in (*_WAITS_SECONDS, None):
            answer, outcome = self._invoke_once(function, event)
            if outcome.error not in _PASSES:
                break
            if wait is None or self.is_deterministic:
                raise NotRunError(f"{outcome.error}: {outcome.message}")
            time.sleep(wait)
        if outcome.error in _FAULTS:
            raise NotRunError(f"{outcome.error}: {outcome.message}")
        return answer, outcome

    def _invoke_once(
        self, function: str, event: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Outcome]:
        payload = json.dumps(event).encode("utf-8")
        try:
            response = self.lambdas.invoke(FunctionName=self.functions[function], Payload=payload)
        except (ClientError, BotoCoreError) as error:
            raise NotRunError(f"{function} cannot be invoked: {error}") from error
        answer = json.loads(response["Payload"].read() or b"{}")
        if "FunctionError" not in response:
            return answer, Outcome()
        name = str(answer.get("errorType", "Lambda.Unknown"))
        return {}, Outcome(error=name, message=str(answer.get("errorMessage", "")))

    def missing_documents(self, library: Library) -> list[str]:
        """Return the documents of the library that the stack's corpus does not have."""
        there = Artifacts(self.bucket, self.s3).list_keys(CORPUS_PREFIX)
        names = (path.name for path in sorted((library.folder / "sources").iterdir()))
        return [name for name in names if CORPUS_PREFIX + name not in there]

    def clean_up(self) -> None:
        """Remove what this run has put into the bucket, and what functions made of it."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{TENANT}/{self.run}."
        )
        for page in pages:
            if keys := [{"Key": each["Key"]} for each in page.get("Contents", [])]:
                self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})


@contextmanager
def laptop(
    library: Library, mind: Any = None, kind: str = EXTRACTIVE, root: Path | None = None
) -> Iterator[Target]:
    """Yield a stack on this machine, whose knowledge base is the library's documents."""
    from galley_local.corpus import Corpus
    from galley_local.stack import ROOT, Stack

    corpus = Corpus.read(library.folder / "sources")
    with Stack(corpus, mind=mind, root=root or ROOT) as stack:
        names = [*stack.lambdas.functions]
        yield Target(
            kind=kind,
            lambdas=stack.client("lambda"),
            s3=stack.client("s3"),
            bucket=stack.outputs["ArtifactsBucket"],
            functions={
                f"{role}_agent": next(each for each in names if f"-{_resource(role)}" in each)
                for role in ROLES
            },
            is_deterministic=mind is None,
        )


@contextmanager
def deployed(name: str, session: Any) -> Iterator[Target]:
    """Yield a stack that is deployed, as `session` (of boto3) reaches it."""
    patient = Config(read_timeout=_LONGEST_CALL_SECONDS, retries={"total_max_attempts": 2})
    try:
        cloudformation = session.client("cloudformation")
        (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
        target = Target(
            kind=f"stack {name}",
            lambdas=session.client("lambda", config=patient),
            s3=session.client("s3"),
            bucket=outputs["ArtifactsBucket"],
            functions=_functions_of(cloudformation, name),
        )
    except (ClientError, BotoCoreError, KeyError) as error:
        why = str(error).rstrip(".")
        told = f"--stack {name}: {why}; is it deployed there (--profile, --region)?"
        raise TargetError(told) from error
    try:
        yield target
    finally:
        target.clean_up()


def _functions_of(cloudformation: Any, stack: str) -> dict[str, str]:
    """Return the role adapters' names in Lambda, by their directories."""
    functions = {}
    for role in ROLES:
        found = cloudformation.describe_stack_resource(
            StackName=stack, LogicalResourceId=_resource(role)
        )
        detail = found["StackResourceDetail"]
        functions[f"{role}_agent"] = str(detail["PhysicalResourceId"])
    return functions


def _resource(role: str) -> str:
    return f"{role.capitalize()}AgentFunction"
