"""
Every function imported as Lambda would: from its directory, with the layer and boto3, alone.

It catches what an installed development environment hides, and guards the cold start.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.fakes import FUNCTIONS, ROOT
from tests.unit.test_structure import TEMPLATE, in_template

SITE_PACKAGES = str(Path(pytest.__file__).parents[1])
SLOW_TO_IMPORT = {
    "trafilatura",
    "lxml",
    "pypdfium2",
    "docx",
    "pydantic",
    "requests",
    "urllib3.contrib.emscripten",
}

# One interpreter imports boto3, which all functions have, and forks once per function.
IMPORTER = """
import gc, json, os, sys, sysconfig

jobs, site_packages = json.load(sys.stdin)
sys.path[:] = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib") + "/lib-dynload"]
sys.path.append(site_packages)
import boto3, botocore.config, socket


class Blocked:
    names = frozenset()

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"Lambda does not have {name}", name=name)


def refuse(*_):
    raise AssertionError("a connection while importing")


def import_alone(job):
    socket.socket.connect = socket.socket.connect_ex = refuse
    os.environ.clear()
    os.environ.update(job["environment"])
    Blocked.names = frozenset(job["blocked"])
    sys.meta_path.insert(0, Blocked())
    sys.path[:0] = [job["directory"], job["layer"]]
    import app

    ready = {"handler": callable(app.lambda_handler), "collects": gc.isenabled()}
    return ready | {"modules": sorted(sys.modules)}


for job in jobs:
    if os.fork() == 0:
        try:
            answer = import_alone(job)
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({job["name"]: answer}), flush=True)
        os._exit(0)
    os.wait()
"""


def required(*lines: str) -> set[str]:
    """Return the distributions that some requirements bring, theirs and their extras' included."""
    ahead = [(Requirement(line), {""}) for line in lines]
    found: set[str] = set()
    while ahead:
        requirement, extras = ahead.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        wanted = marker is None or any(marker.evaluate({"extra": each}) for each in extras)
        if wanted and name not in found:
            found.add(name)
            needed = distribution(name).requires or []
            ahead += [(Requirement(each), {"", *requirement.extras}) for each in needed]
    return found


def lines_of(path: Path) -> list[str]:
    """Return the requirements of a file, none where there is no such file."""
    return path.read_text("utf-8").split() if path.exists() else []


def environment(function: str) -> dict[str, str]:
    """Return the variables that the template gives a function, and those that Lambda adds."""
    variables: dict[str, Any] = {
        **TEMPLATE["Globals"]["Function"]["Environment"]["Variables"],
        **in_template(function).get("Environment", {}).get("Variables", {}),
    }
    region = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    role = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x"}
    return region | role | {name: _value(value) for name, value in variables.items()}


def _value(value: Any) -> str:
    if isinstance(value, dict):
        parameter = TEMPLATE["Parameters"].get(value.get("Ref"), {})
        return str(parameter.get("Default", "a/value"))
    return str(value)


@cache
def imported() -> dict[str, Any]:
    """Import all functions, each alone, and return what came of it."""
    modules_of: dict[str, set[str]] = defaultdict(set)
    for module, names in packages_distributions().items():
        for name in names:
            modules_of[canonicalize_name(name)].add(module)
    shared = required("boto3", *lines_of(ROOT / "layer/requirements.in"))
    everything = {"galley_local", "galley_cli", "functions", "tests"}.union(*modules_of.values())
    jobs = []
    for function in FUNCTIONS:
        own = required(*lines_of(ROOT / "functions" / function / "requirements.in"))
        has = {"galley"}.union(*(modules_of[name] for name in shared | own))
        jobs.append(
            {
                "name": function,
                "directory": str(ROOT / "functions" / function),
                "layer": str(ROOT / "layer"),
                "environment": environment(function),
                "blocked": sorted(everything - has),
            }
        )
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", IMPORTER],
        input=json.dumps([jobs, SITE_PACKAGES]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers: dict[str, Any] = {}
    for line in finished.stdout.splitlines():
        answers |= json.loads(line)
    return answers


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_imported_with_the_layer_and_its_own_requirements_alone(
    function: str,
) -> None:
    answer = imported()[function]

    assert answer.get("error") is None
    assert answer["handler"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cold_start_imports_nothing_heavy(function: str) -> None:
    modules = {module.partition(".")[0] for module in imported()[function]["modules"]}

    assert modules.isdisjoint(SLOW_TO_IMPORT)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_garbage_is_collected_once_a_function_is_imported(function: str) -> None:
    assert imported()[function]["collects"]


@pytest.mark.parametrize("function", ["approval_api", "inbox", "sign_in"])
def test_what_shows_pages_imports_no_second_router_and_no_letters(function: str) -> None:
    modules = set(imported()[function]["modules"])

    assert modules.isdisjoint({"aws_lambda_powertools.event_handler", "galley.mail.letters"})


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each.endswith("_agent")])
def test_an_adapter_does_not_import_what_makes_pages(function: str) -> None:
    modules = {module.partition(".")[0] for module in imported()[function]["modules"]}

    assert modules.isdisjoint({"jinja2", "markdown_it"})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_reads_only_variables_that_the_template_gives_it(function: str) -> None:
    source = (ROOT / "functions" / function / "app.py").read_text("utf-8")
    if "agent_from_env" in source:
        source += (ROOT / "layer/galley/agents/__init__.py").read_text("utf-8")

    read = set(re.findall(r'os\.environ\["(\w+)"\]', source))

    assert read <= environment(function).keys()
