"""Structure: what the parts of the application call each other, and who may use whom."""

import ast
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from galley import errors
from galley.prompts import PromptTemplate
from samtranslator.yaml_helper import yaml_parse

from galley_local.step_functions.jsonata_engine import declare_variables, evaluate
from tests.unit.fakes import FUNCTIONS, ROOT

TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
DEFINITION_TEXTS = {
    path.name.partition(".")[0]: path.read_text("utf-8")
    for path in sorted((ROOT / "statemachine").iterdir())
}
DEFINITIONS = {name: json.loads(text) for name, text in DEFINITION_TEXTS.items()}
SUBSTITUTIONS = RESOURCES["ResearchStateMachine"]["Properties"]["DefinitionSubstitutions"]

AGENTS = [name for name in FUNCTIONS if name.endswith("_agent")]
ACTIONS = [name for name in FUNCTIONS if name.endswith("_actions")]
LAMBDA_INVOKE = "arn:aws:states:::lambda:invoke"


def resource_name(function: str) -> str:
    """Return `WriterAgentFunction` for `writer_agent`."""
    return "".join(word.capitalize() for word in function.split("_")) + "Function"


def in_template(function: str) -> dict[str, Any]:
    """Return a function's properties in the template."""
    properties: dict[str, Any] = RESOURCES[resource_name(function)]["Properties"]
    return properties


# The tools of an agent lie in the directory of its name; the search agent may have more.
MORE_TOOLS = {"web_actions": "search"}


def action_group(actions: str) -> dict[str, Any]:
    """Return the action group of an agent whose tools a function has."""
    role = MORE_TOOLS.get(actions, actions.removesuffix("_actions"))
    groups = RESOURCES[f"{role.capitalize()}Agent"]["Properties"]["ActionGroups"]
    named = [each["Fn::If"][1] if "Fn::If" in each else each for each in groups]
    group: dict[str, Any]
    (group,) = (each for each in named if each["ActionGroupName"] == actions.replace("_", "-"))
    return group


def machines(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the state machine and those inside its Map states."""
    yield definition
    for state in definition["States"].values():
        if state["Type"] == "Map":
            yield from machines(state["ItemProcessor"])


MACHINES = [each for definition in DEFINITIONS.values() for each in machines(definition)]
STATES = {name: state for machine in MACHINES for name, state in machine["States"].items()}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
LAMBDA_TASKS = {
    name: state for name, state in TASKS.items() if state["Resource"].startswith(LAMBDA_INVOKE)
}
AGENT_TASKS = {
    name: state
    for name, state in LAMBDA_TASKS.items()
    if state["Arguments"]["FunctionName"].endswith("AgentFunctionArn}")
}


def targets(state: dict[str, Any]) -> list[str]:
    """Return the names of the states that may follow a state."""
    followers = [state, *state.get("Choices", []), *state.get("Catch", [])]
    named = [each["Next"] for each in followers if "Next" in each]
    return [*named, state["Default"]] if "Default" in state else named


def seconds(value: Any) -> int:
    """Return a timeout, worked out with the defaults of the parameters."""
    if isinstance(value, int):
        return value
    reminder = STATES["Register workflow"]["Assign"]["reminder_seconds"]
    return worked_out(value, reminder_seconds=worked_out(reminder))


def worked_out(expression: str, **variables: int) -> int:
    """Return what a JSONata expression of numbers comes to."""
    text = expression.removeprefix("{%").removesuffix("%}")
    for name in re.findall(r"\$\{(\w+)\}", text):
        default = TEMPLATE["Parameters"][SUBSTITUTIONS[name]["Ref"]]["Default"]
        text = text.replace(f"${{{name}}}", str(default))
    declared = declare_variables({f"${name}": number for name, number in variables.items()})
    return int(evaluate(f"({declared}{text})"))


def imports(path: Any) -> set[str]:
    """Return the modules that a file imports, at any depth."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            modules.add(node.module or "")
    return modules


def files_below(directory: str) -> list[Any]:
    """Return the Python files of a directory that exists."""
    return sorted((ROOT / directory).rglob("*.py"))


def ids_of(path: Any) -> str:
    """Return a file's name as a test's id."""
    return str(path.relative_to(ROOT))


def leaves_below(kind: type[Exception]) -> set[str]:
    """Return the names of an error's leaves."""
    below = [each for each in vars(errors).values() if inspect.isclass(each)]
    return {each.__name__ for each in below if issubclass(each, kind) and not each.__subclasses__()}


# ---- one word in five places ---------------------------------------------------------------------


def test_every_directory_is_a_function_of_the_template_and_the_other_way_round() -> None:
    resources = {
        name for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"
    }

    assert {resource_name(function) for function in FUNCTIONS} == resources


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_code_lies_in_the_directory_of_its_name(function: str) -> None:
    assert f"functions/{function}" == in_template(function)["CodeUri"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_an_event_and_a_test_of_its_name(function: str) -> None:
    assert (ROOT / f"events/{function}.json").is_file()
    assert (ROOT / f"tests/unit/test_{function}.py").is_file()


def test_every_event_is_of_a_function_or_of_a_whole_run() -> None:
    assert {*FUNCTIONS, "research"} == {path.stem for path in ROOT.glob("events/*.json")}


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_a_state_calls_a_function_by_its_name(name: str) -> None:
    (placeholder,) = re.findall(
        r"^\$\{(\w+)Arn\}$", LAMBDA_TASKS[name]["Arguments"]["FunctionName"]
    )

    assert {"Fn::GetAtt": [placeholder, "Arn"]} == SUBSTITUTIONS[f"{placeholder}Arn"]


# Called by the HTTP API, by rules on ends of executions and on time, and by Secrets Manager.
NOT_STATES = {
    "approval_api",
    "close_workflow",
    "inbox",
    "reconcile",
    "reports",
    "rotate_signing_key",
    "sign_in",
}


# The same call: it asks once more whoever has not answered.
AGAIN = {"Remind reviewers"}


def test_what_nothing_else_calls_is_called_by_exactly_one_state() -> None:
    called = [
        task["Arguments"]["FunctionName"]
        for name, task in LAMBDA_TASKS.items()
        if name not in AGAIN
    ]

    states = [each for each in FUNCTIONS if each not in {*ACTIONS, *NOT_STATES}]
    assert sorted(f"${{{resource_name(each)}Arn}}" for each in states) == sorted(called)


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_has_its_alias_its_role_and_its_tools(agent: str) -> None:
    role = agent.removesuffix("_agent").capitalize()
    variables = in_template(agent)["Environment"]["Variables"]

    harness = {"Fn::GetAtt": [f"{role}Harness", "Arn"]}
    alias = {"Fn::Sub": f"${{{role}Agent.AgentId}}/${{{role}AgentAlias.AgentAliasId}}"}
    given = {"Ref": f"Existing{role}Agent"}
    other = {"Fn::If": [f"Create{role}Agent", alias, given]}
    assert {"Fn::If": [f"Create{role}Harness", harness, other]} == variables["AGENT"]


def words(value: Any) -> str:
    """Return everything that is said somewhere in a value."""
    return json.dumps(value, ensure_ascii=False)


def branches(value: Any) -> list[Any]:
    """Return the members of a list, with what a condition may add."""
    return [each["Fn::If"][1] if "Fn::If" in each else each for each in value]


@pytest.mark.parametrize("agent", AGENTS)
def test_a_harness_is_told_what_its_agent_is_told(agent: str) -> None:
    role = agent.removesuffix("_agent").capitalize()
    harness, told = (RESOURCES[f"{role}{kind}"]["Properties"] for kind in ("Harness", "Agent"))

    assert [{"Text": told["Instruction"]}] == harness["SystemPrompt"]
    assert told["FoundationModel"] == harness["Model"]["BedrockModelConfig"]["ModelId"]


@pytest.mark.parametrize("agent", AGENTS)
def test_a_model_in_place_of_a_harnesss_own_is_told_what_that_is_told(agent: str) -> None:
    role = agent.removesuffix("_agent").capitalize()
    told = RESOURCES[f"{role}Harness"]["Properties"]["Model"]["BedrockModelConfig"]
    settings = in_template(agent)["Environment"]["Variables"]["AGENT_MODEL_SETTINGS"]

    condition, guarded, unguarded = settings["Fn::If"]
    guard = {
        "guardrailIdentifier": "${Guardrail.GuardrailArn}",
        "guardrailVersion": "${GuardrailVersion.Version}",
    }
    most = {"maxTokens": told["MaxTokens"]}
    assert json.loads(unguarded) == most
    assert json.loads(guarded["Fn::Sub"]) == {
        **most,
        "additionalParams": {"guardrailConfig": guard},
    }
    of_harness = {
        name: {"Fn::GetAtt": reference.strip("${}").split(".")} for name, reference in guard.items()
    }
    none = {"Ref": "AWS::NoValue"}
    assert told["AdditionalParams"] == {
        "Fn::If": [condition, {"guardrailConfig": of_harness}, none]
    }


@pytest.mark.parametrize("agent", AGENTS)
def test_a_harness_has_its_agents_tools_and_no_others(agent: str) -> None:
    role = agent.removesuffix("_agent").capitalize()
    harness, told = (RESOURCES[f"{role}{kind}"]["Properties"] for kind in ("Harness", "Agent"))
    tools = [
        (group["ActionGroupName"], each)
        for group in branches(told["ActionGroups"])
        for each in group["FunctionSchema"]["Functions"]
    ]

    assert branches(harness["Tools"]) == [
        {
            "Type": "inline_function",
            "Name": each["Name"],
            "Config": {
                "InlineFunction": {
                    "Description": each["Description"],
                    "InputSchema": {
                        "type": "object",
                        "properties": {
                            name: {"type": field["Type"], "description": field["Description"]}
                            for name, field in each["Parameters"].items()
                        },
                        "required": [
                            name for name, field in each["Parameters"].items() if field["Required"]
                        ],
                    },
                }
            },
        }
        for _, each in tools
    ]
    allowed = harness["AllowedTools"]
    most = allowed["Fn::If"][1] if "Fn::If" in allowed else allowed
    assert [each["Name"] for _, each in tools] == most
    assert {"Disabled": {}} == harness["Memory"]
    # and the adapter knows which function does what each of them does
    written = words(in_template(agent)["Environment"]["Variables"]["AGENT_TOOLS"])
    for group, each in tools:
        function = resource_name(group.replace("-", "_"))
        assert f"{group}.{each['Name']}=${{{function}.Arn}}" in written


@pytest.mark.parametrize("actions", ACTIONS)
def test_an_action_group_calls_the_function_of_its_name_which_lets_it_in(actions: str) -> None:
    function = resource_name(actions)

    executor = action_group(actions)["ActionGroupExecutor"]["Lambda"]

    assert {"Fn::GetAtt": [function, "Arn"]} == executor
    assert function.replace("Function", "Permission") in RESOURCES


def test_what_reaches_the_internet_cannot_see_the_corpus_and_is_alone_in_it() -> None:
    assert "corpus/" not in json.dumps(in_template("web_actions"))
    reaching = {
        path.parent.name
        for path in files_below("functions")
        if any(each.startswith("galley.web") for each in imports(path))
    }
    assert reaching == {"web_actions"}


# ---- who may import whom -------------------------------------------------------------------------

APPLICATION = {path.stem for path in ROOT.iterdir()} | {"galley"}
ALLOWED = [
    ("functions", {"galley"}),
    ("layer/galley", {"galley"}),
    ("galley_local", {"galley", "galley_local"}),
    ("galley_cli", {"galley", "galley_local", "galley_cli"}),
]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        pytest.param(path, allowed, id=ids_of(path))
        for directory, allowed in ALLOWED
        for path in files_below(directory)
    ],
)
def test_a_file_imports_only_what_its_place_may(path: Any, allowed: set[str]) -> None:
    ours = {each.partition(".")[0] for each in imports(path)} & APPLICATION

    assert ours <= allowed


@pytest.mark.parametrize(
    "path", [*files_below("functions"), *files_below("layer/galley")], ids=ids_of
)
def test_what_is_deployed_imports_nothing_that_only_a_laptop_has(path: Any) -> None:
    laptop = {"moto", "samtranslator", "pytest", "rich", "typer", "numpy", "bm25s", "tests"}

    assert laptop.isdisjoint(each.partition(".")[0] for each in imports(path))


# ---- functions -----------------------------------------------------------------------------------


def test_the_command_starts_without_what_it_may_not_need() -> None:
    """And so does not read the machine's AWS settings, which may be broken."""
    started = "import sys, galley_cli.main; print({'moto', 'numpy', 'mcp'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", started], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout == "set()\n"


def test_the_commands_on_workflows_need_no_function_s_environment() -> None:
    paths = [*files_below("galley_cli/workflows"), *files_below("galley_cli/mcp")]
    ours = (each for path in paths for each in imports(path))
    modules = sorted({each for each in ours if each.partition(".")[0].startswith("galley")})
    nothing = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT / 'layer'}"}
    imported = "; ".join(f"import {each}" for each in modules)

    subprocess.run([sys.executable, "-c", imported], check=True, cwd=ROOT, env=nothing)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_short_enough_to_be_read_at_a_glance(function: str) -> None:
    source = (ROOT / "functions" / function / "app.py").read_text("utf-8")

    assert len(source.splitlines()) <= 80


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_comes_first_and_only_reads_its_event(function: str) -> None:
    tree = ast.parse((ROOT / "functions" / function / "app.py").read_text("utf-8"))

    first = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    assert first.name == "lambda_handler"
    assert ["telemetry.handler"] == [ast.unparse(each) for each in first.decorator_list]
    assert (first.end_lineno or sys.maxsize) - first.body[0].lineno < 5


@pytest.mark.parametrize("agent", AGENTS)
def test_an_adapter_fills_exactly_the_placeholders_of_its_prompt(agent: str) -> None:
    directory = ROOT / "functions" / agent
    calls = [
        node
        for node in ast.walk(ast.parse((directory / "app.py").read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "template.fill"
    ]
    template = PromptTemplate((directory / "prompt.md").read_text("utf-8"))

    assert [template.names] == [{keyword.arg for keyword in call.keywords} for call in calls]


@pytest.mark.parametrize("actions", ACTIONS)
def test_the_template_describes_the_tools_that_the_function_has(actions: str) -> None:
    registered = import_module(f"functions.{actions}.app").ACTIONS._resolver._tools
    described = action_group(actions)["FunctionSchema"]["Functions"]

    expected = {
        name: {
            parameter.name: parameter.default is parameter.empty
            for parameter in inspect.signature(tool["function"]).parameters.values()
        }
        for name, tool in registered.items()
    }
    assert expected == {
        each["Name"]: {name: field["Required"] for name, field in each["Parameters"].items()}
        for each in described
    }


@pytest.mark.parametrize("actions", ACTIONS)
def test_an_action_groups_event_calls_a_tool_that_the_template_describes(actions: str) -> None:
    event = json.loads((ROOT / f"events/{actions}.json").read_text("utf-8"))
    group = action_group(actions)
    described = {
        each["Name"]: {name: field["Type"] for name, field in each["Parameters"].items()}
        for each in group["FunctionSchema"]["Functions"]
    }

    given = {each["name"]: each["type"] for each in event["parameters"]}
    assert given == described[event["function"]]
    assert event["actionGroup"] == group["ActionGroupName"]


# ---- the state machine ---------------------------------------------------------------------------


@pytest.mark.parametrize("machine", DEFINITIONS)
def test_a_definition_is_json_with_placeholders_in_strings_alone(machine: str) -> None:
    without_strings = re.sub(r'"(?:[^"\\]|\\.)*"', "", DEFINITION_TEXTS[machine])

    assert DEFINITIONS[machine]["QueryLanguage"] == "JSONata"
    assert "$" not in without_strings


@pytest.mark.parametrize("machine", DEFINITIONS)
def test_every_placeholder_is_substituted_and_no_substitution_is_left_over(machine: str) -> None:
    properties = RESOURCES[f"{machine.capitalize()}StateMachine"]["Properties"]

    assert set(properties["DefinitionSubstitutions"]) == set(
        re.findall(r"\$\{(\w+)\}", DEFINITION_TEXTS[machine])
    )


@pytest.mark.parametrize("name", STATES)
def test_a_state_says_what_it_does(name: str) -> None:
    assert STATES[name]["Comment"].endswith(".")


def test_no_two_states_have_the_same_name() -> None:
    assert len(STATES) == sum(len(machine["States"]) for machine in MACHINES)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_has_a_timeout_and_retries(name: str) -> None:
    assert {"TimeoutSeconds", "Retry"} <= TASKS[name].keys()


# A fault that is caught cannot be redriven: only these go on after one.
GO_ON = {
    "Summarize source": (["States.ALL"], "Note the gap"),
    "Announce approval request": (["States.ALL"], "Ask for approval"),
    "Ask for approval": (["States.Timeout"], "Remind reviewers"),
    "Remind reviewers": (["States.Timeout"], "Collect decision"),
    "Announce publication": (["States.ALL"], "Published, not announced"),
}


@pytest.mark.parametrize("name", TASKS)
def test_a_fault_ends_the_execution_where_it_happens(name: str) -> None:
    caught = [(each["ErrorEquals"], each["Next"]) for each in TASKS[name].get("Catch", [])]

    assert caught == ([GO_ON[name]] if name in GO_ON else [])


@pytest.mark.parametrize("name", TASKS)
def test_a_task_tries_again_after_growing_and_random_times(name: str) -> None:
    # one that never tries again takes an error out of the next one's hands
    for retrier in (each for each in TASKS[name]["Retry"] if each["MaxAttempts"]):
        assert retrier["BackoffRate"] > 1
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["MaxDelaySeconds"] >= retrier["IntervalSeconds"]


@pytest.mark.parametrize("name", TASKS)
def test_a_wildcard_stands_alone_and_last(name: str) -> None:
    matched = [each["ErrorEquals"] for each in TASKS[name]["Retry"]]

    assert [] == [names for names in matched[:-1] if "States.ALL" in names]
    assert "States.ALL" not in matched[-1] or matched[-1] == ["States.ALL"]


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_the_retriers_of_all_functions_are_the_same(name: str) -> None:
    first = next(iter(AGENT_TASKS.values()))["Retry"]

    assert len(first) == 3
    assert first == LAMBDA_TASKS[name]["Retry"]


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_exactly_the_retryable_errors_are_tried_again(name: str) -> None:
    _, throttled, ours = LAMBDA_TASKS[name]["Retry"]

    named = {*throttled["ErrorEquals"], *ours["ErrorEquals"]}
    assert leaves_below(errors.RetryableError) == named - {"Lambda.TooManyRequestsException"}


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_what_is_throttled_waits_for_minutes(name: str) -> None:
    _, throttled, _ = LAMBDA_TASKS[name]["Retry"]
    waits = [
        min(
            throttled["IntervalSeconds"] * throttled["BackoffRate"] ** attempt,
            throttled["MaxDelaySeconds"],
        )
        for attempt in range(throttled["MaxAttempts"])
    ]

    # Quotas are counted by the minute, and full jitter waits half of it on average.
    assert sum(waits) / 2 > 120


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_no_terminal_error_is_tried_again(name: str) -> None:
    tried = {each for retrier in LAMBDA_TASKS[name]["Retry"] for each in retrier["ErrorEquals"]}

    assert tried.isdisjoint(leaves_below(errors.TerminalError))
    assert tried.isdisjoint({"States.ALL", "States.TaskFailed"})


def test_the_errors_that_the_machine_itself_raises_are_in_the_tree() -> None:
    raised = [state["Error"] for state in STATES.values() if state["Type"] == "Fail"]

    assert len(raised) == 3
    assert set(raised) <= leaves_below(errors.TerminalError)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: str(machine["StartAt"]))
def test_every_state_is_reached_and_leads_somewhere(machine: dict[str, Any]) -> None:
    reached, ahead = set(), {machine["StartAt"]}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead |= set(targets(machine["States"][name])) - reached

    assert reached == machine["States"].keys()


@pytest.mark.parametrize("name", STATES)
def test_a_state_ends_or_goes_on(name: str) -> None:
    state = STATES[name]

    ways = [way for way in ("Next", "Default", "End") if way in state]
    assert len(ways) == (0 if state["Type"] in {"Succeed", "Fail"} else 1)


# ---- timeouts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_a_state_waits_longer_than_its_function_runs(name: str) -> None:
    task = LAMBDA_TASKS[name]
    function = task["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")

    assert seconds(task["TimeoutSeconds"]) > RESOURCES[function]["Properties"]["Timeout"]


@pytest.mark.parametrize("agent", AGENTS)
def test_a_function_runs_longer_than_it_waits_for_its_agent(agent: str) -> None:
    properties = in_template(agent)
    waits = int(properties["Environment"]["Variables"]["AGENT_READ_TIMEOUT_SECONDS"])

    assert properties["Timeout"] >= waits + 10


@pytest.mark.parametrize("agent", AGENTS)
def test_a_harness_gives_up_before_its_adapter(agent: str) -> None:
    role = agent.removesuffix("_agent").capitalize()
    waits = int(in_template(agent)["Environment"]["Variables"]["AGENT_READ_TIMEOUT_SECONDS"])

    assert RESOURCES[f"{role}Harness"]["Properties"]["TimeoutSeconds"] < waits


@pytest.mark.parametrize("function", ["approval_api", "sign_in"])
def test_the_api_answers_before_the_http_api_gives_up(function: str) -> None:
    assert in_template(function)["Timeout"] < 30


def test_what_a_route_calls_does_not_wait_for_its_api() -> None:
    sign_in = in_template("sign_in")

    # the API waits for its functions: CloudFormation could make neither
    assert "ApprovalApi" not in str(sign_in["Environment"]) + str(sign_in["Policies"])


# ---- permissions ---------------------------------------------------------------------------------


def statements(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of all policies, both branches of a condition included."""
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                walk(each)
        elif isinstance(value, dict) and "Effect" in value:
            found.append(value)
        elif isinstance(value, dict):
            for each in value.values():
                walk(each)

    walk(properties.get("Policies", []))
    walk(properties.get("AssumeRolePolicyDocument", {}))
    return found


WITH_POLICIES = [
    name for name, each in RESOURCES.items() if "Policies" in each.get("Properties", {})
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_a_role_of_its_own(function: str) -> None:
    assert "Role" not in TEMPLATE["Globals"]["Function"]
    assert "Role" not in in_template(function)
    assert in_template(function)["Policies"]


@pytest.mark.parametrize("resource", WITH_POLICIES)
def test_a_statement_says_what_it_is_for(resource: str) -> None:
    found = statements(RESOURCES[resource]["Properties"])

    sids = [statement.get("Sid", "") for statement in found]
    assert [] == [sid for sid in sids if not re.fullmatch(r"[A-Za-z]{8,}", sid)]
    assert len(sids) == len(set(sids))


def strings(value: Any) -> list[str]:
    """Return all strings in a value."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for part in inner for each in strings(part)]


# Of which IAM knows no resource.
OF_NO_RESOURCE = {
    "ecr-public:GetAuthorizationToken",
    "sts:GetServiceBearerToken",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "cloudwatch:PutMetricData",
}


@pytest.mark.parametrize("resource", WITH_POLICIES)
def test_no_statement_allows_everything(resource: str) -> None:
    for statement in statements(RESOURCES[resource]["Properties"]):
        actions = strings(statement["Action"])
        assert "*" not in strings(statement.get("Resource", [])) or set(actions) <= OF_NO_RESOURCE
        assert [] == [action for action in actions if "*" in action]


@pytest.mark.parametrize("resource", WITH_POLICIES)
def test_no_statement_is_a_managed_policy(resource: str) -> None:
    policies = RESOURCES[resource]["Properties"]["Policies"]

    assert [] == [policy for policy in policies if isinstance(policy, str)]


# ---- one source of truth -------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(ROOT.glob("functions/*/requirements.in")), ids=ids_of)
def test_a_function_requires_only_what_the_layer_does_not_have(path: Any) -> None:
    layer = (ROOT / "layer/requirements.in").read_text("utf-8").split()

    assert set(layer).isdisjoint(path.read_text("utf-8").split())


def test_what_is_deployed_is_pinned_as_the_laptop_has_it() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    deployed = [ROOT / "layer/requirements.in", *ROOT.glob("functions/*/requirements.in")]

    pins = [pin for path in deployed for pin in path.read_text("utf-8").split()]
    assert pins
    assert [] == [pin for pin in pins if "==" not in pin or f'"{pin}"' not in pyproject]


CHANGES = re.compile(r"dynamodb:(Update|Delete|Batch|Transact|Partiql|Put)\w*", re.I)


@pytest.mark.parametrize("resource", WITH_POLICIES)
def test_the_audit_is_only_added_to_and_by_one_function(resource: str) -> None:
    for statement in statements(RESOURCES[resource]["Properties"]):
        actions = (
            [statement["Action"]]
            if isinstance(statement["Action"], str)
            else [*statement["Action"]]
        )
        if not any(CHANGES.fullmatch(action) for action in actions):
            assert not any(action in {"*", "dynamodb:*"} for action in actions)
            continue
        keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        if keys == "AUDIT#*":
            assert (resource, actions) == ("ApprovalApiFunction", ["dynamodb:PutItem"])
        else:
            known = {"WORKFLOW#*", "LEDGER#*", "REVIEWER#*", "CACHE#*", "EXPERIMENT#*", "TENANT#*"}
            assert known.issuperset([keys] if isinstance(keys, str) else keys)


@pytest.mark.parametrize("agent", sorted(each for each in FUNCTIONS if each.endswith("_agent")))
def test_whoever_asks_agents_cannot_write_what_was_decided(agent: str) -> None:
    # approvals and records lie under WORKFLOW#, which a key's beginning cannot tell apart
    properties = RESOURCES[resource_name(agent)]["Properties"]

    assert "WORKFLOW#" not in repr(statements(properties))


@pytest.mark.parametrize("resource", WITH_POLICIES)
def test_no_role_deletes_a_report_or_a_draft(resource: str) -> None:
    allowed = repr(statements(RESOURCES[resource]["Properties"]))

    assert "s3:Delete" not in allowed
    assert "s3:*" not in allowed


@pytest.mark.parametrize(
    "path", [*files_below("layer/galley"), *files_below("galley_local")], ids=ids_of
)
def test_no_pattern_has_a_group_that_gives_nothing_back(path: Any) -> None:
    # Python 3.11 before 3.11.5 reads on behind the last match of such a group.
    assert not re.search(r"\)[*+?]\+", path.read_text("utf-8"))
