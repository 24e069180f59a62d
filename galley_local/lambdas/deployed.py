"""Functions as they are deployed, each in the environment that Lambda gives it."""

from pathlib import Path
from typing import Any

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.sts.models import sts_backends

from galley_local.clients import ACCOUNT_ID, REGION
from galley_local.lambdas.function import Function


def function_of(deployed: Any, code: Path, layers: tuple[Path, ...], url: str) -> Function:
    """Return a function with environment, role credentials and limits as deployed."""
    return Function(
        name=deployed.function_name,
        arn=deployed.function_arn,
        handler=deployed.handler,
        code=code,
        layers=layers,
        environment={
            # a parameter of type Number arrives as one; CloudFormation makes it text
            **{name: str(value) for name, value in deployed.environment_vars.items()},
            **_credentials(deployed),
            **_runtime_variables(deployed, url),
        },
        timeout_seconds=float(deployed.timeout),
        memory_mb=int(deployed.memory_size),
        reserved_concurrency=int(deployed.reserved_concurrency or 0) or None,
    )


def _credentials(deployed: Any) -> dict[str, str]:
    role = sts_backends[ACCOUNT_ID]["aws"].assume_role(
        region_name=REGION,
        role_session_name=deployed.function_name,
        role_arn=deployed.role,
        policy="",
        duration=3600,
        external_id="",
    )
    return {
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
        "AWS_SESSION_TOKEN": role.session_token,
    }


def _runtime_variables(deployed: Any, url: str) -> dict[str, str]:
    """Return what Lambda itself adds to a function's environment."""
    return {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_LAMBDA_FUNCTION_NAME": deployed.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployed.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_SAM_LOCAL": "true",  # what Powertools looks at to know that nobody takes traces
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }
