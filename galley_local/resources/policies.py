"""Policies of resources; `galley_local.iam` reads what they say."""

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel

from galley_local.resources.base import Resource


class BucketPolicy(Resource, CloudFormationModel):
    """Who may not reach a bucket at all."""

    type_name = "AWS::S3::BucketPolicy"


class QueuePolicy(Resource, CloudFormationModel):
    """Which services may send to a queue."""

    type_name = "AWS::SQS::QueuePolicy"


class TopicPolicy(Resource, CloudFormationModel):
    """Which services may publish to a topic."""

    type_name = "AWS::SNS::TopicPolicy"
