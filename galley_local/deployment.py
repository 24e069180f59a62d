"""The template in moto: resources made by its CloudFormation, and what the laptop plays itself."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.backends import get_backend
from moto.cloudformation.models import cloudformation_backends
from moto.core.config import default_user_config
from moto.events.models import Rule
from moto.s3.models import s3_backends
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from galley_local import one_at_a_time
from galley_local.bedrock.agent_runtime import AgentRuntime
from galley_local.bedrock.deployed import agents_of, bases_of, ingestions_of
from galley_local.bedrock.knowledge_base import KnowledgeBase
from galley_local.bedrock.thinking import Mind
from galley_local.clients import ACCOUNT_ID, REGION
from galley_local.corpus import Corpus
from galley_local.eventbridge import triggers
from galley_local.eventbridge.archive import archive_of
from galley_local.eventbridge.asynchronous import AsynchronousCalls
from galley_local.eventbridge.dead_letters import DeadLetters
from galley_local.http_api import HttpApiServer
from galley_local.iam.calls import Account
from galley_local.iam.granted import Granted
from galley_local.iam.permissions import Permissions, role_name
from galley_local.iam.service_calls import ServiceCalls
from galley_local.lambdas.deployed import function_of
from galley_local.lambdas.function import Function
from galley_local.made import Made
from galley_local.package import Package, package
from galley_local.resources.eventbridge import EventInvokeConfig
from galley_local.resources.http_api import HttpApi
from galley_local.resources.secrets import RotationSchedule
from galley_local.rotation import KeyRotation
from galley_local.step_functions import executions, interpreter

STACK_NAME = "galley"
CODE_BUCKET = "galley-code"
SERVICES = [
    *("cloudformation", "dynamodb", "s3", "sns", "sqs", "events", "logs", "iam", "sts"),
    *("awslambda", "cognitoidp", "secretsmanager", "stepfunctions"),
]


class Endpoint(Protocol):
    """Where the stack's services answer."""

    port: int
    url: str


class Deployment:
    """The resources of one template."""

    def __init__(self, root: Path, parameters: Mapping[str, str], endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        default_user_config["lambda"] = {"use_docker": False}
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        interpreter.install(endpoint.port)
        one_at_a_time.install()
        self._s3: Any = s3_backends[ACCOUNT_ID]["aws"]
        self._s3.create_bucket(CODE_BUCKET, REGION)
        self._parameters = dict(parameters)
        self._package: Package = package(root, parameters, REGION, self._upload_code)
        self._stack: Any = cloudformation_backends[ACCOUNT_ID][REGION].create_stack(
            STACK_NAME, json.dumps(self._package.template), self._parameters
        )
        if "FAILED" in self._stack.status or "ROLLBACK" in self._stack.status:
            raise RuntimeError(f"the template could not be deployed: {self._stack.status}")
        self._made = Made(self._package, self._stack.resource_map)
        self.outputs: dict[str, str] = {
            output.key: output.value
            for output in self._stack.output_map.values()
            if output  # None: its condition leaves it out
        }
        self._archive = archive_of(self.outputs["EventBusName"])
        # by access key: the interpreter calls under names of its own, functions get keys
        self._roles: dict[str, str] = {
            interpreter.caller_of(machine.roleArn): machine.roleArn
            for machine in self._made.of_type(StateMachine)
        }
        self.schedules = triggers.schedules_of(self._made)
        started = [*self.schedules, *triggers.rules_of(self._made)]
        self._roles |= {trigger.caller: trigger.role_arn for trigger in started}

    def update(self, root: Path) -> None:
        """Deploy a later state of the application; what it may do stays as it was."""
        self._package = package(root, self._parameters, REGION, self._upload_code)
        self._stack.update(json.dumps(self._package.template))
        self._made = Made(self._package, self._stack.resource_map)

    def functions(self) -> Iterator[Function]:
        """Return the functions with environment, role credentials and limits as deployed."""
        for logical_id, code in self._package.code.items():
            deployed = self._made.named(logical_id)
            if deployed is None:  # its condition leaves it out
                continue
            function = function_of(deployed, code, self._package.layers, self._endpoint.url)
            self._roles[function.environment["AWS_ACCESS_KEY_ID"]] = deployed.role
            yield function

    def of_type(self, kind: type[Any]) -> list[Any]:
        """Return the resources of a type that the template has made."""
        return self._made.of_type(kind)

    def knowledge_base(self, corpus: Corpus) -> KnowledgeBase:
        """Put the corpus under corpus/ in the artifacts bucket, and index it."""
        bucket = self.outputs["ArtifactsBucket"]
        for name, data in corpus.data.items():
            self._s3.put_object(bucket, f"corpus/{name}", data)
        prefix = f"s3://{bucket}/corpus/"
        return KnowledgeBase({prefix + name: each for name, each in corpus.documents.items()})

    def agent_runtime(
        self,
        mind: Mind,
        bases: dict[str, KnowledgeBase],
        permissions: Permissions,
        service_calls: ServiceCalls,
    ) -> AgentRuntime:
        """Return the runtime of the template's agents."""
        known = bases_of(self._made, bases)
        return AgentRuntime(agents_of(self._made), mind, known, permissions, service_calls)

    def index_corpus(self, corpus: Corpus, permissions: Permissions) -> None:
        """Read the corpus as the knowledge base that the template makes, if it makes one."""
        for errand in ingestions_of(self._made, corpus):
            if denial := permissions.check_all(errand):
                raise RuntimeError(f"the corpus cannot be indexed: {denial}; {denial.remedy}")

    @property
    def account(self) -> Account:
        """The account that everything is in."""
        return Account(ACCOUNT_ID, self.outputs["StateMachineArn"])

    def permissions(self) -> Permissions:
        """Return who may do what, as the template gives it."""
        permissions = self.granted.permissions()
        self.identify(permissions)
        return permissions

    def identify(self, permissions: Permissions) -> None:
        """Make known who signs as which role."""
        for access_key, role_arn in self._roles.items():
            permissions.identify(access_key, role_name(role_arn))

    @property
    def granted(self) -> Granted:
        """What the template grants."""
        return Granted(self._package.template, self._made.resources, ACCOUNT_ID)

    def http_api(self, service_calls: ServiceCalls) -> HttpApiServer:
        """Return the server of the template's HTTP API."""
        return HttpApiServer(self._made.of_type(HttpApi)[0], service_calls)

    def rotation(self, service_calls: ServiceCalls) -> KeyRotation:
        """Return the rotation of the template's one key that has a schedule."""
        (schedule,) = self._made.of_type(RotationSchedule)
        return KeyRotation(schedule, service_calls)

    def deliver_events(self, service_calls: ServiceCalls, permissions: Permissions) -> None:
        """Make rules reach their targets, and announce ends of executions to them."""
        dead_letters = DeadLetters(self._endpoint.url, permissions, ACCOUNT_ID)
        settings = {
            config.properties["FunctionName"]: config
            for config in self._made.of_type(EventInvokeConfig)
        }
        calls = AsynchronousCalls(service_calls, settings, dead_letters)
        self._deliveries = triggers.Deliveries(self._endpoint.url, calls, dead_letters)
        self._deliveries.begin()
        executions.install()

    def pass_deadline(self, execution: str) -> None:
        """Let the time for the answer that an execution waits for run out."""
        backend = stepfunctions_parser_backends[ACCOUNT_ID][REGION]
        executions.pass_deadline(backend.describe_execution(execution))

    @property
    def is_delivering(self) -> bool:
        """Whether an event is on its way to a function."""
        return self._deliveries.are_under_way

    def end_deliveries(self) -> None:
        """Let what is under way to a target arrive."""
        if hasattr(self, "_deliveries"):
            self._deliveries.end()

    def run_schedule(self) -> str:
        """Start what the one schedule starts; return the execution's ARN."""
        (schedule,) = self.schedules
        return self._deliveries.run(schedule)

    def tick(self) -> None:
        """Let the time come of every rule on time."""
        for rule in self._made.of_type(Rule):
            if rule.scheduled_expression:
                self._deliveries.tick(rule)

    def events(self) -> list[dict[str, Any]]:
        """Return the events on the application's bus, oldest first."""
        return list(self._archive.events)

    def close(self) -> None:
        """Forget every resource."""
        for service in SERVICES:
            get_backend(service).reset()  # type: ignore[call-overload]

    def _upload_code(self, key: str, data: bytes) -> str:
        self._s3.put_object(CODE_BUCKET, key, data)
        return f"s3://{CODE_BUCKET}/{key}"
