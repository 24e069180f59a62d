"""A stack on this machine: `template.yaml`, deployed and running until it is closed."""

import gc
import json
import logging
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from galley_local.clients import client_of, forget_clients_of
from galley_local.corpus import Corpus
from galley_local.lambdas.concurrency import ACCOUNT_CONCURRENCY
from galley_local.lambdas.service import Lambdas
from galley_local.mailbox import Mailbox

if TYPE_CHECKING:
    from galley_local.load.watch import WatchedGate
    from galley_local.web import Web

ROOT = Path(__file__).parent.parent
LONGEST_WAY_OUT_SECONDS = 30


class Stack:
    """
    One deployment. There can be one at a time in a process: moto's services are global to it.

    `parameters` are the template's; the addresses that a laptop decides are set here unless given.
    `concurrency` is how many environments Lambda gives the account at once.
    With `web`, the search agent searches there, too; without, nothing leaves the machine.
    With `sign_in`, reviewers sign in to a user pool that the laptop plays.
    """

    def __init__(  # noqa: PLR0913  # one parameter for each way in which stacks differ
        self,
        corpus: Corpus,
        *,
        mind: Any = None,
        parameters: Mapping[str, str] | None = None,
        port: int = 0,
        root: Path = ROOT,
        sign_in: bool = False,
        concurrency: int = ACCOUNT_CONCURRENCY,
        web: "Web | None" = None,
    ) -> None:
        self.work = Path(tempfile.mkdtemp(prefix="galley-"))
        self._log = _log_to(self.work / "stack.log")
        _forget_aws_of_this_machine()
        # The fork server starts first: it imports on one core what this process does not need.
        self.lambdas = Lambdas(self.work, concurrency)
        self.faults = self.lambdas.faults
        try:
            self._serve(port, sign_in=sign_in)
            if web:
                self._reach(web)
            self._start(corpus, mind, dict(parameters or {}), root)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self, port: int, *, sign_in: bool) -> None:
        # moto takes over two seconds to import: not before someone wants a stack.
        from galley_local.server import Application, Server

        self._application = Application()
        self.server = Server(self._application, port)
        self.url = self.server.url
        self._addresses = {"MailSender": "galley@example.com", "ApprovalUrl": self.url}
        if sign_in:
            from galley_local.cognito.hosted_sign_in import HostedSignIn
            from galley_local.cognito.user_pool import UserPool

            self.user_pool = UserPool(self.url)
            self._addresses |= self.user_pool.parameters
            self._application.hosted_sign_in = HostedSignIn(self.user_pool)

    def _reach(self, web: "Web") -> None:
        self._addresses |= web.parameters_in(self.client("secretsmanager"))
        if web.internet:
            self.lambdas.live_in(web.internet.settings)

    def _start(self, corpus: Corpus, mind: Any, parameters: dict[str, str], root: Path) -> None:
        from galley_local.deployment import Deployment
        from galley_local.extractive import ExtractiveMind
        from galley_local.faults.answers import FaultyMind
        from galley_local.faults.calls import CallFaults
        from galley_local.iam.gate import Gate
        from galley_local.iam.service_calls import ServiceCalls
        from galley_local.logs import FunctionLogs

        application = self._application
        self.deployment = Deployment(root, self._addresses | parameters, endpoint=self.server)
        for function in self.deployment.functions():
            self.lambdas.add(function)
        base = self.deployment.knowledge_base(corpus)
        application.lambdas = self.lambdas
        application.mailbox = self.mailbox = Mailbox()
        application.logs = FunctionLogs(self.work, self.outputs["LogGroupName"])
        self.permissions = self.deployment.permissions()
        self.deployment.index_corpus(corpus, self.permissions)
        calls = CallFaults(self.faults, self.lambdas)
        application.gate = Gate(self.permissions, self.deployment.account, calls.around)
        service_calls = ServiceCalls(self.lambdas, self.permissions, self.deployment.account)
        self.deployment.deliver_events(service_calls, self.permissions)
        application.api = self.deployment.http_api(service_calls)
        self.rotation = self.deployment.rotation(service_calls)
        application.agents = self.deployment.agent_runtime(
            FaultyMind(mind or ExtractiveMind(), self.faults),
            {self.outputs["KnowledgeBaseId"]: base},
            self.permissions,
            service_calls,
        )
        gc.freeze()  # moto's models and tables stay: no use in looking through them again and again

    def update(self, root: Path) -> None:
        """Deploy a later state of the application into this stack, while workflows wait."""
        self.deployment.update(root)
        for function in self.deployment.functions():
            self.lambdas.add(function)
        self.deployment.identify(self.permissions)
        self.lambdas.cool()

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs, as CloudFormation shows them."""
        return self.deployment.outputs

    def client(self, service: str) -> Any:
        """Return a boto3 client of the stack's own services."""
        return client_of(self.url, service, "operator")

    @cached_property
    def _step_functions(self) -> Any:
        return self.client("stepfunctions")

    def start(self, request: Mapping[str, Any], name: str | None = None) -> str:
        """Start an execution of the state machine and return its ARN."""
        execution = self._step_functions.start_execution(
            stateMachineArn=self.outputs["WorkflowArn"],
            name=name or str(uuid.uuid4()),
            input=json.dumps(request),
        )
        return str(execution["executionArn"])

    def run_schedule(self) -> str:
        """Do what the schedule does when its time has come; return the execution's ARN."""
        return self.deployment.run_schedule()

    def events(self) -> list[dict[str, Any]]:
        """Return the events on the application's bus, oldest first."""
        return self.deployment.events()

    def let_outbox_finish(self) -> None:
        """Wait until nothing is on its way out; raises TimeoutError where something stays."""
        asked = {"stateMachineArn": self.outputs["OutboxArn"], "statusFilter": "RUNNING"}
        deadline = time.monotonic() + LONGEST_WAY_OUT_SECONDS
        while self._step_functions.list_executions(**asked)["executions"]:
            if time.monotonic() > deadline:
                raise TimeoutError("something in the outbox is not sent")
            time.sleep(0.02)

    @property
    def is_quiet(self) -> bool:
        """Whether no function works and no event is on its way to one."""
        return not (self.lambdas.is_busy or self.deployment.is_delivering)

    def agent_sessions(self) -> list[str]:
        """Return the session of each agent call that would be paid for, oldest first."""
        return list(self._application.agents.sessions) if self._application.agents else []

    def throttle(self, most_agent_calls: int) -> None:
        """Let Bedrock refuse agent calls where so many are under way."""
        from galley_local.bedrock.throttle import ThrottledRuntime

        if self._application.agents:
            self._throttled = ThrottledRuntime(self._application.agents, most_agent_calls)
            self._application.agents = self._throttled

    @property
    def refused_agent_calls(self) -> int:
        """How many agent calls Bedrock has throttled."""
        return self._throttled.refused if hasattr(self, "_throttled") else 0

    def watch_keys(self) -> "WatchedGate":
        """Note from now on whose keys functions touch."""
        from galley_local.load.watch import WatchedGate

        gate: Any = self._application.gate
        self._application.gate = WatchedGate(gate, self.deployment.account, self.lambdas.under_way)
        return self._application.gate

    def close(self) -> None:
        """Stop everything and remove its files."""
        if hasattr(self, "deployment"):
            self.deployment.end_deliveries()
        self.lambdas.close()
        if hasattr(self, "server"):
            self.server.close()
            forget_clients_of(self.url)
        if hasattr(self, "deployment"):
            self.deployment.close()
        _close_log(self._log)
        shutil.rmtree(self.work, ignore_errors=True)


def _forget_aws_of_this_machine() -> None:
    # Nothing here talks to AWS: a profile that does not exist or a broken file must not matter.
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


# Whose messages are for whoever mends the stack, not for whoever runs a workflow.
_TALKATIVE = ("moto", "werkzeug", "galley_local", "samtranslator", "botocore", "bm25s")


def _log_to(path: Path) -> logging.Handler:
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
    return handler


def _close_log(handler: logging.Handler) -> None:
    for name in _TALKATIVE:
        # What a thread still says now is for nobody, and not for standard error either.
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).removeHandler(handler)
    handler.close()
