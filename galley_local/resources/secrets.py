"""Secrets, and how often they are replaced."""

import json
from typing import Any

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel
from moto.moto_api._internal import mock_random
from moto.secretsmanager.models import secretsmanager_backends

from galley_local.resources.base import Resource


class Secret(Resource, CloudFormationModel):
    """A secret, generated as its template asks."""

    type_name = "AWS::SecretsManager::Secret"

    def __init__(self, name: str, properties: dict[str, Any], account_id: str, region: str) -> None:
        super().__init__(name, properties, account_id, region)
        rules = properties["GenerateSecretString"]
        self.secret_arn = json.loads(
            secretsmanager_backends[account_id][region].create_secret(
                name=name,
                secret_string=mock_random.get_random_string(length=rules["PasswordLength"]),
                secret_binary=None,
                description=properties.get("Description"),
                tags=None,
                kms_key_id=None,
                client_request_token=None,
                replica_regions=[],
                force_overwrite=False,
            )
        )["ARN"]

    @property
    def physical_resource_id(self) -> str:
        return str(self.secret_arn)


class RotationSchedule(Resource, CloudFormationModel):
    """How often a secret is rotated, and by which function."""

    type_name = "AWS::SecretsManager::RotationSchedule"

    @property
    def physical_resource_id(self) -> str:
        return str(self.properties["SecretId"])
