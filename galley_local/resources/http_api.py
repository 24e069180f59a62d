"""The HTTP API of API Gateway."""

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel

from galley_local.resources.base import Resource


class HttpApi(Resource, CloudFormationModel):
    """An HTTP API; its routes stand in its OpenAPI body."""

    type_name = "AWS::ApiGatewayV2::Api"

    @property
    def attributes(self) -> dict[str, str]:
        return {"ApiId": self.identifier}


class HttpApiStage(Resource, CloudFormationModel):
    """The default stage of an HTTP API."""

    type_name = "AWS::ApiGatewayV2::Stage"
