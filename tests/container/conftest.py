"""Functions in containers beside the laptop stack that they call, and what that stack has done."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from samtranslator.yaml_helper import yaml_parse

from galley_local.corpus import Corpus
from galley_local.lambdas.function import Function
from galley_local.rehearsal import (
    CORPUS,
    ONE_BY_ONE,
    Call,
    Thorough,
    recording,
    rehearse,
)
from galley_local.reviewer import open_link
from galley_local.stack import ROOT, Stack
from tests.container.engine import running_engine
from tests.container.forwarding import forwarded
from tests.container.image import ensure_image
from tests.container.sam import Sam, build, with_variables
from tests.container.waiting import Waiting, started

# What takes long to make is kept here; remove it to begin from nothing.
FOLDER = ROOT / ".tools" / "containers"
NO_POOL = {"UserPoolId": "", "UserPoolClientId": "", "UserPoolDomain": ""}


@dataclass(frozen=True)
class Containers:
    """Where functions run, and this machine's address there."""

    sam: Sam
    gateway: str


@pytest.fixture(scope="session")
def containers() -> Iterator[Containers]:
    """Return an engine that runs the built functions; the build goes on beside the image."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # where Debian keeps debootstrap and what podman calls, which not every PATH of root's has
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    runtime = template["Parameters"]["Runtime"]["Default"]
    with ThreadPoolExecutor() as pool:
        building = pool.submit(build, FOLDER, runtime)
        with running_engine(FOLDER) as engine:
            gateway = ensure_image(engine, runtime, FOLDER)
            building.result()
            yield Containers(Sam(FOLDER, runtime, engine.environment), gateway)


@pytest.fixture(scope="session")
def sam(containers: Containers) -> Sam:
    """Return the SAM CLI, ready to run functions."""
    return containers.sam


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Return the stack that functions call, in containers or not; it has a pool, but uses none."""
    documents, parameters = Corpus.read(CORPUS), ONE_BY_ONE | NO_POOL
    with Stack(documents, mind=Thorough(), parameters=parameters, sign_in=True) as running:
        yield running


@pytest.fixture(scope="session")
def url(stack: Stack, containers: Containers) -> Iterator[str]:
    """Return the stack's address as containers see it."""
    with forwarded(containers.gateway, stack.server.port) as url:
        yield url


@pytest.fixture(scope="session")
def functions(stack: Stack, url: str) -> dict[str, Function]:
    """Return the functions by their directories."""
    return {
        function.code.name: with_variables(function, AWS_ENDPOINT_URL=url)
        for function in stack.lambdas.functions.values()
    }


@pytest.fixture(scope="session")
def rehearsed(stack: Stack) -> dict[str, Call]:
    """Return the first call of each function in the sample run."""
    return rehearse(stack)


@pytest.fixture(scope="session")
def waiting(stack: Stack, rehearsed: dict[str, Call]) -> Waiting:
    """Return a workflow that waits from now on."""
    return started(stack, "lighthouses-waiting")


@pytest.fixture(scope="session")
def calls(stack: Stack, rehearsed: dict[str, Call], waiting: Waiting) -> dict[str, Call]:
    """Return the sample run's calls, but the page of a draft that has not been decided on."""
    with recording(stack.lambdas) as looked:
        open_link(waiting.link)
    return {**rehearsed, **looked}
