"""The SAM CLI: the application as it builds it, and functions that it runs in containers."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from galley_local.lambdas.function import Function
from galley_local.stack import ROOT
from tests.container.commands import run
from tests.container.image import architecture

INVOKE_SECONDS = 120
START_SECONDS = 60
END_SECONDS = 20
# `sam local` hands a function only the variables that the template gives it. These are Lambda's own
# there; here they are the stack's address, and the credentials of the function's role.
LAMBDA_VARIABLES = (
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)


@dataclass(frozen=True)
class Sam:
    """The SAM CLI with a folder of its own, for a runtime and on an engine."""

    folder: Path
    runtime: str
    engine: Mapping[str, str]  # the variables by which it is found

    def invoke(self, function: Function, event: Any) -> Any:
        """Return what `sam local invoke` prints: a function's answer to an event, or its error."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "event.json"
            path.write_text(json.dumps(event), encoding="utf-8")
            command = ("invoke", logical_id_of(function), "--event", str(path))
            options = self._options(function, Path(folder))
            environment = _environment(self.folder, self.engine)
            printed = run(
                *("sam", "local", *command, *options),
                environment=environment,
                seconds=INVOKE_SECONDS,
            )
        return json.loads(printed)

    @contextmanager
    def api(self, function: Function) -> Iterator[str]:
        """Serve a function's HTTP API with `sam local start-api`, and yield its address."""
        port = _free_port()
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            command = ("start-api", "--port", str(port), "--warm-containers", "LAZY")
            with log.open("wb") as output:
                server = subprocess.Popen(
                    ["sam", "local", *command, *self._options(function, Path(folder))],
                    env={**os.environ, **_environment(self.folder, self.engine)},
                    stdout=output,
                    stderr=output,
                )
            try:
                _wait_for(port, server, log)
                yield f"http://127.0.0.1:{port}"
            finally:
                server.send_signal(signal.SIGINT)  # upon which it removes its containers
                try:
                    server.wait(END_SECONDS)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()

    def _options(self, function: Function, folder: Path) -> list[str]:
        variables = folder / "variables.json"
        values = {logical_id_of(function): dict(function.environment)}
        variables.write_text(json.dumps(values), encoding="utf-8")
        return [
            *("--template", str(self.folder / "build" / "template.json")),
            *("--env-vars", str(variables)),
            *("--layer-cache-basedir", str(self.folder / "layers")),
            "--skip-pull-image",
            *_parameters(self.runtime),
        ]


def build(folder: Path, runtime: str) -> None:
    """Build the application into a folder; what has not changed since the last time is kept."""
    built = folder / "build"
    folders = ("--build-dir", str(built), "--cache-dir", str(folder / "cache"))
    command = ("sam", "build", *folders, *_parameters(runtime))
    run(*command, environment=_environment(folder), folder=ROOT)
    template = yaml_parse((built / "template.yaml").read_text(encoding="utf-8"))
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    variables.update(dict.fromkeys(LAMBDA_VARIABLES, ""))
    (built / "template.json").write_text(json.dumps(template), encoding="utf-8")


def with_variables(function: Function, **variables: str) -> Function:
    """Return a function with other values of some variables."""
    return replace(function, environment={**function.environment, **variables})


def logical_id_of(function: Function) -> str:
    """Return a function's name in the template."""
    return "".join(map(str.capitalize, function.code.name.split("_"))) + "Function"


def _parameters(runtime: str) -> list[str]:
    values = (f"Runtime={runtime}", f"Architectures={architecture()}")
    return ["--parameter-overrides", *values]


def _environment(folder: Path, engine: Mapping[str, str] | None = None) -> dict[str, str]:
    return {
        **(engine or {}),
        "AWS_ACCESS_KEY_ID": "",  # with credentials of its own, it would ask AWS whose they are
        "NO_PROXY": "127.0.0.1,localhost",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(folder / "settings"),
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))
