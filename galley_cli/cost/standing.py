"""What a stack costs by the month, whoever runs a workflow or nobody."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from galley_cli.aws_words import AWS_ERRORS, in_words
from galley_cli.cost.counting import GB, counted, logical_id
from galley_cli.cost.counts import Count, added
from galley_cli.cost.reader import Line, Run, lines_with
from galley_cli.target import Target, TargetError

MONTH_HOURS = 730
RECONCILE = "Reconcile"  # every quarter of an hour
RECONCILED_A_MONTH = MONTH_HOURS * 4
_BY_RESOURCE = {
    "AWS::KMS::Key": ("kms", "key_months"),
    "AWS::SecretsManager::Secret": ("secrets-manager", "secret_months"),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "dashboard_months"),
}
# An alarm is billed by the metrics that it watches; those that are not here watch one.
METRICS_OF_ALARMS = {
    "FailedWorkflowsAlarm": 2,
    "UnsentLettersAlarm": 3,
    "StateErrorsAlarm": 8,
    "ToolErrorsAlarm": 4,
    "PageErrorsAlarm": 5,
    "BackgroundErrorsAlarm": 3,
    "DailyCostAlarm": 4,
    "TenantCostAlarm": 0,  # one of each tenant
}
# What an alarm watches only where this is there.
METRIC_WITH = {"WebActionsFunction": 1}


def standing(target: Target, processor: str = "arm64") -> list[Count]:
    """Return what a month takes; raises `TargetError` that says what to do."""
    try:
        return added(
            [
                *of_resources(resources(target)),
                *_of_metrics(target),
                *_of_storage(target),
                *_of_reconciliation(target, processor),
            ]
        )
    except AWS_ERRORS as error:
        raise TargetError(in_words(error, target.access)) from error


def of_resources(types: Mapping[str, str]) -> list[Count]:
    """Return what resources cost that are there, given as their types by their names."""
    kinds = Counter(types.values())
    watched = sum(
        METRICS_OF_ALARMS.get(name, 1) if kind == "AWS::CloudWatch::Alarm" else 0
        for name, kind in types.items()
    ) + sum(number for name, number in METRIC_WITH.items() if name in types)
    counts = [Count(*billed, kinds[kind]) for kind, billed in _BY_RESOURCE.items()]
    counts.insert(2, Count("cloudwatch", "alarm_months", watched))
    return [count for count in counts if count.amount]


def reconciling(lines: list[Line], processor: str = "arm64") -> list[Count]:
    """Return what a month of looking for what got stuck takes, after lines of some such looks."""
    heard = [line for line in lines if line.used and logical_id(line.used["function"]) == RECONCILE]
    run = Run("", "", "", [], heard, [], 0)
    factor = RECONCILED_A_MONTH / len(heard) if heard else 0
    return [count.times(factor) for count in counted(run, processor)]


def resources(target: Target) -> dict[str, str]:
    """Return the types of a stack's resources by the names that the template gives them."""
    pages = target.client("cloudformation").get_paginator("list_stack_resources")
    stack = target.access.stack or "galley"
    return {
        each["LogicalResourceId"]: each["ResourceType"]
        for page in pages.paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
    }


def _of_metrics(target: Target) -> Iterator[Count]:
    pages = target.client("cloudwatch").get_paginator("list_metrics")
    stack = target.access.stack or "galley"
    metrics = [  # those that functions write, and those that are made of log lines
        each
        for namespace in ("Galley", f"Galley/{stack}")
        for page in pages.paginate(Namespace=namespace)
        for each in page["Metrics"]
    ]
    tenants = [each for each in metrics if "tenant" in {of["Name"] for of in each["Dimensions"]}]
    yield Count("cloudwatch", "metric_months", len(metrics))
    yield Count("cloudwatch", "alarm_months", len(tenants))


def _of_storage(target: Target) -> Iterator[Count]:
    described = target.client("dynamodb").describe_table(TableName=target.output("TableName"))
    size = described["Table"]["TableSizeBytes"] / GB
    yield Count("dynamodb", "gb_months", size)
    yield Count("dynamodb", "backup_gb_months", size)
    group = target.output("LogGroupName")
    groups = target.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    yield Count("logs", "gb_months", sum(each.get("storedBytes", 0) for each in groups) / GB)


def _of_reconciliation(target: Target, processor: str) -> list[Count]:
    since = datetime.now(UTC) - timedelta(days=1)
    lines = [line for _, line in lines_with(target, f"{RECONCILE}Function", since)]
    return reconciling(lines, processor)
