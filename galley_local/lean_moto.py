"""
Imports moto's CloudFormation without what takes time for nothing; import this module before moto.

moto's CloudFormation imports its EC2, which reads every instance type and botocore's largest
service model: about 100 MB and a second, and nothing here has machines. It also reads a template
as YAML, which takes longer than making its resources; here templates are JSON by then.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from unittest.mock import patch

import boto3
from moto.utilities import utils


@contextmanager
def _without_catalogue() -> Iterator[None]:
    read = utils.load_resource

    def read_but_ec2(resource: str) -> Any:
        return {} if resource.startswith("ec2/") else read(resource)

    def regions(*_: Any, **__: Any) -> list[str]:
        return ["us-east-1"]

    with (
        patch.object(utils, "load_resource", read_but_ec2),
        patch.object(boto3.Session, "get_available_regions", regions),
    ):
        yield


if "moto.ec2" not in sys.modules:
    with _without_catalogue():
        import_module("moto.cloudformation.models")
# Also where something of moto that brings EC2 was imported before, which takes longer.
_STACK = import_module("moto.cloudformation.models").Stack
setattr(_STACK, "parse_template", staticmethod(json.loads))  # noqa: B010
