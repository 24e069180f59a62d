"""What the types of this package have in common."""

import hashlib
from typing import Any, ClassVar


class Resource:
    """What they have in common: a name, properties, attributes, no updates."""

    type_name: ClassVar[str]

    def __init__(self, name: str, properties: dict[str, Any], account_id: str, region: str) -> None:
        self.name = name
        self.properties = properties
        self.account_id = account_id
        self.region = region

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def cloudformation_type(cls) -> str:
        return getattr(cls, "type_name", "")

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        return cls(resource_name, cloudformation_json["Properties"], account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        """Everything is gone when the stack stops."""

    @property
    def physical_resource_id(self) -> str:
        return self.identifier

    @property
    def identifier(self) -> str:
        """An id in Bedrock's form, which is the same at every start."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:10].upper()

    @property
    def attributes(self) -> dict[str, str]:
        return {}

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003  # moto calls it with one
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.attributes[attribute_name]

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"
