"""What a stack is watched by: alarms, queries, a budget. Nothing is watched here."""

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel

from galley_local.resources.base import Resource


class Alarm(Resource, CloudFormationModel):
    """An alarm."""

    type_name = "AWS::CloudWatch::Alarm"

    @property
    def attributes(self) -> dict[str, str]:
        return {"Arn": self.arn("cloudwatch", f"alarm:{self.name}")}


class Subscription(Resource, CloudFormationModel):
    """Who gets what a topic announces."""

    type_name = "AWS::SNS::Subscription"


class QueryDefinition(Resource, CloudFormationModel):
    """A saved query of Logs Insights."""

    type_name = "AWS::Logs::QueryDefinition"


class MetricFilter(Resource, CloudFormationModel):
    """What makes a metric of log lines."""

    type_name = "AWS::Logs::MetricFilter"


class Budget(Resource, CloudFormationModel):
    """A budget of the account."""

    type_name = "AWS::Budgets::Budget"
