"""What a template has been made into."""

from collections.abc import Mapping
from typing import Any

from galley_local.package import Package


class Made:
    """The resources of one template, by their names in it and by their types."""

    def __init__(self, package: Package, resources: Mapping[str, Any]) -> None:
        self._package = package
        self.resources = resources  # moto's, where it has the type

    def named(self, logical_id: str) -> Any:
        """Return one resource; None if its condition leaves it out."""
        return self.resources[logical_id]

    def of_type(self, kind: type[Any]) -> list[Any]:
        """Return the resources of a type, in the template's order."""
        everything = (self.named(name) for name in self._package.template["Resources"])
        return [resource for resource in everything if isinstance(resource, kind)]
