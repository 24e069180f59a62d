"""
Resource types that moto's CloudFormation lacks, as far as the template uses them.

moto finds a type by looking for direct subclasses of `CloudFormationModel`; the last one wins.
Importing this package is what makes them known.
"""

from galley_local.resources import (  # noqa: F401
    agentcore,
    bedrock,
    eventbridge,
    http_api,
    policies,
    secrets,
    step_functions,
    watching,
)
