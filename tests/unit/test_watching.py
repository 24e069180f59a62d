"""What a stack is watched by: it watches what there is, and says what to do."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from galley import errors, reconciliation, telemetry
from galley.variants import ROLES

from galley_cli.cost.standing import METRIC_WITH, METRICS_OF_ALARMS, of_resources
from tests.unit.fakes import FUNCTIONS, ROOT
from tests.unit.test_structure import RESOURCES, TEMPLATE, leaves_below, resource_name

OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
STACK = {"Ref": "AWS::StackName"}
ALARMS = {
    name: each["Properties"]
    for name, each in RESOURCES.items()
    if each["Type"] == "AWS::CloudWatch::Alarm"
}
# What services write of themselves, by AWS's documentation; of Galley's own see below.
OF_SERVICES = {
    "AWS/ApiGateway": {"4xx", "5xx", "Count"},
    "AWS/DynamoDB": {"ReadThrottleEvents", "WriteThrottleEvents"},
    "AWS/Lambda": {"Duration", "Errors", "Throttles"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible"},
    "AWS/States": {
        *("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed"),
        *("ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"),
    },
}
OF_FILTERS = {
    each["Properties"]["MetricTransformations"][0]["MetricName"]: each["Properties"]
    for each in RESOURCES.values()
    if each["Type"] == "AWS::Logs::MetricFilter"
}


def of_code() -> dict[str, set[str]]:
    """Return the metrics that the code measures, by what beside the stack tells them apart."""
    by_role = {"AgentCalls", "AgentFailures", "CostUsd"}
    tokens = {"InputTokens", "OutputTokens", "CacheReadTokens", "CacheWriteTokens"}
    return {
        "role": by_role | tokens,
        "tenant": {"CostUsd"},
        "": {"OldestWaitingSeconds"},
    }


def resolved(value: Any) -> Any:
    """Return a list with what a condition may add, and a reference as `${Name}`."""
    if isinstance(value, list):
        return [resolved(each["Fn::If"][1] if "Fn::If" in each else each) for each in value]
    if isinstance(value, dict):
        if "Ref" in value:
            return f"${{{value['Ref']}}}"
        if "Fn::GetAtt" in value:
            return "${" + ".".join(value["Fn::GetAtt"]) + "}"
        if "Fn::Sub" in value:
            return value["Fn::Sub"]
        return {name: resolved(each) for name, each in value.items()}
    return value


def dashboard() -> dict[str, Any]:
    """Return the dashboard with all that conditions may add."""
    text, more = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, each in more.items():
        text = text.replace(f"${{{name}}}", each["Fn::If"][1]["Fn::Sub"])
    body: dict[str, Any] = json.loads(text)
    return body


def test_what_alarms_cost_is_by_what_they_watch() -> None:
    web = METRIC_WITH.copy()
    for name, alarm in ALARMS.items():
        watched = [each for each in alarm.get("Metrics", []) if "MetricStat" in each]
        conditional = sum("Fn::If" in each for each in alarm.get("Metrics", []))
        of_query = "Metrics" not in alarm
        assert METRICS_OF_ALARMS.get(name, 1) == len(watched) + of_query, name
        web["WebActionsFunction"] -= conditional

    assert web == {"WebActionsFunction": 0}
    (count,) = of_resources(dict.fromkeys(ALARMS, "AWS::CloudWatch::Alarm"))
    assert f"{count.amount} metrics in alarms" in OPERATIONS


Metric = tuple[str, str, tuple[tuple[str, str], ...]]


def shown() -> Iterator[Metric]:
    """Yield the metrics of the dashboard: namespace, name, dimensions."""
    for widget in dashboard()["widgets"]:
        for row in widget["properties"].get("metrics", []):
            words = [each for each in row if isinstance(each, str)]
            if words:
                namespace, name, *rest = words
                yield namespace, name, tuple(zip(rest[::2], rest[1::2], strict=True))


def watched(alarm: dict[str, Any]) -> Iterator[Metric]:
    """Yield the metrics of an alarm."""
    found = resolved(alarm)
    several = [
        each["MetricStat"]["Metric"] for each in found.get("Metrics", []) if "MetricStat" in each
    ]
    for each in several if "Metrics" in found else [found]:
        dimensions = tuple((d["Name"], d["Value"]) for d in each.get("Dimensions", []))
        yield each["Namespace"], each["MetricName"], dimensions


EVERY_METRIC = sorted({*shown(), *(metric for each in ALARMS.values() for metric in watched(each))})


# ---- metrics -------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", EVERY_METRIC, ids=str)
def test_a_metric_is_written_by_somebody_and_of_what_the_template_has(metric: Metric) -> None:
    namespace, name, dimensions = metric
    given = dict(dimensions)

    if namespace == "Galley":
        assert given.pop("service") == "${AWS::StackName}"
        (told_apart,) = given or {"": ""}
        assert name in of_code()[told_apart]
        assert set(given.values()) <= {*ROLES}
    elif namespace == "Galley/${AWS::StackName}":
        assert name in OF_FILTERS
    else:
        assert name in OF_SERVICES[namespace]
        named = {re.sub(r"^\$\{(\w+).*\}$", r"\1", value) for value in given.values()}
        assert named <= RESOURCES.keys()


def test_what_the_code_measures_is_what_is_said_here(capsys: pytest.CaptureFixture[str]) -> None:
    code = "".join(
        (ROOT / "layer/galley" / name).read_text("utf-8")
        for name in ("ledger/ledger.py", "reconciliation.py")
    )

    for names in of_code().values():
        assert all(name in code for name in names)
    telemetry.measure({"role": "writer"}, AgentCalls=1)
    (written,) = json.loads(capsys.readouterr().out)["_aws"]["CloudWatchMetrics"]
    assert ("Galley", [["role", "service"]]) == (written["Namespace"], written["Dimensions"])
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert STACK == variables["POWERTOOLS_SERVICE_NAME"]


def test_a_search_of_the_dashboard_is_for_a_metric_that_there_is() -> None:
    rows = [row for each in dashboard()["widgets"] for row in each["properties"].get("metrics", [])]
    (expression,) = (row[0]["expression"] for row in rows if isinstance(row[0], dict))

    schema, name = re.findall(r"SEARCH\('\{([\w,]+)\} MetricName=\"(\w+)\"", expression)[0]
    assert ("Galley,service,tenant", True) == (schema, name in of_code()["tenant"])


def filtered(pattern: str, line: dict[str, Any]) -> bool:
    """Tell whether a metric filter of one comparison of texts takes a line."""
    field, text = re.fullmatch(r'\{ \$\.(\w+) = "([^"*]+)\*" \}', pattern).groups()  # type: ignore[union-attr]
    return str(line[field]).startswith(text)


def test_a_throttled_agent_is_counted(
    context: Any, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    @telemetry.handler
    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        raise getattr(errors, event["raises"])("too many")

    pattern = OF_FILTERS["AgentThrottles"]["FilterPattern"]
    for name in sorted(leaves_below(errors.GalleyError)):
        with pytest.raises(getattr(errors, name)):
            lambda_handler({"raises": name}, context)

    counted = [each["message"] for each in log_lines() if filtered(pattern, each)]
    assert ["AgentThrottledError: too many"] == counted


def test_what_reconcile_leaves_to_a_person_is_counted(
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    looked = reconciliation.Reconciliation(*[type("Fake", (), {"announce": lambda *_: None})()] * 4)

    looked._report("lighthouses-1", "arn", "waits past its deadline")
    looked._mend("lighthouses-1", "told")

    pattern = OF_FILTERS["NeedsAPerson"]["FilterPattern"]
    assert [True, False] == [filtered(pattern, each) for each in log_lines()]


# ---- alarms --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_reaches_somebody_and_says_what_to_do(name: str) -> None:
    alarm = ALARMS[name]

    assert [{"Ref": "Alarms"}] == alarm["AlarmActions"] == alarm["OKActions"]
    assert alarm["AlarmDescription"].endswith(f"docs/operations.md, {name}.")
    assert f"\n| `{name}` | " in OPERATIONS
    assert len(alarm["AlarmDescription"]) <= 1024


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_on_purpose_what_no_data_means(name: str) -> None:
    alarm = ALARMS[name]

    is_regular = name == "OldestWaitingAlarm"  # which reconcile writes whatever there is
    assert alarm["TreatMissingData"] == ("missing" if is_regular else "notBreaching")
    assert ("InsufficientDataActions" in alarm) is is_regular


def test_the_documents_tell_of_no_alarm_that_there_is_not() -> None:
    told = re.findall(r"^\| `(\w+Alarm)` \|", OPERATIONS, re.MULTILINE)

    assert sorted(told) == sorted(ALARMS)


def test_errors_of_every_function_are_heard_of_once() -> None:
    functions = [
        dict(dimensions)["FunctionName"]
        for alarm in ALARMS.values()
        for _, name, dimensions in watched(alarm)
        if name == "Errors"
    ]

    assert sorted(f"${{{resource_name(each)}}}" for each in FUNCTIONS) == sorted(functions)


@pytest.mark.parametrize("metric", ["Errors", "Throttles", "Duration"])
def test_the_dashboard_shows_every_function(metric: str) -> None:
    functions = [dict(dims)["FunctionName"] for _, name, dims in shown() if name == metric]

    assert sorted(f"${{{resource_name(each)}}}" for each in FUNCTIONS) == sorted(functions)


def test_the_dashboard_shows_every_alarm_that_has_no_condition() -> None:
    (listed,) = (w["properties"]["alarms"] for w in dashboard()["widgets"] if w["type"] == "alarm")

    always = [name for name in ALARMS if "Condition" not in RESOURCES[name]]
    assert sorted(f"${{{name}.Arn}}" for name in always) == sorted(listed)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_of_several_metrics_has_no_more_than_cloudwatch_takes(name: str) -> None:
    assert len(list(watched(ALARMS[name]))) <= 10


@pytest.mark.parametrize(
    ("parameter", "resource"),
    [
        ("AlarmEmail", "AlarmsByMail"),
        ("MonthlyBudgetUsd", "MonthlyBudget"),
        ("DailyCostUsd", "DailyCostAlarm"),
        ("TenantHourlyCostUsd", "TenantCostAlarm"),
    ],
)
def test_what_an_empty_parameter_leaves_out_is_not_created(parameter: str, resource: str) -> None:
    condition = TEMPLATE["Conditions"][RESOURCES[resource]["Condition"]]

    (left, empty) = condition["Fn::Not"][0]["Fn::Equals"]
    assert ({"Ref": parameter}, True) == (left, empty in {"", 0})


# ---- whom they reach, and what they cost ---------------------------------------------------------


def test_the_key_of_alarms_is_used_by_who_announces_and_administered_by_the_account() -> None:
    key, topic = (RESOURCES[each]["Properties"] for each in ("AlarmsKey", "AlarmsPolicy"))
    use, administer = key["KeyPolicy"]["Statement"]

    announcing = [each["Principal"]["Service"] for each in topic["PolicyDocument"]["Statement"]]
    assert announcing == use["Principal"]["Service"]
    assert ["kms:Decrypt", "kms:GenerateDataKey*"] == use["Action"]
    assert not [each for each in administer["Action"] if "crypt" in each or "Generate" in each]
    for each in topic["PolicyDocument"]["Statement"]:
        assert {"Ref": "AWS::AccountId"} == each["Condition"]["StringEquals"]["aws:SourceAccount"]
    assert {"Ref": "AlarmsKey"} == RESOURCES["Alarms"]["Properties"]["KmsMasterKeyId"]


def test_whatever_is_deployed_carries_a_tag_by_which_its_cost_is_found() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))

    tag = settings["default"]["deploy"]["parameters"]["tags"]
    assert "application=galley" == tag
    assert "`application`" in OPERATIONS
