"""What every test may rely on: no test ever sees the developer's own AWS account."""

import os

import pytest

for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
    os.environ.pop(name, None)
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let workflows be tried on the backend that is not the default."""
    parser.addoption(
        "--backend",
        choices=["harness", "bedrock-agents"],
        default="harness",
        help="which service runs the agents of stacks that do not say so themselves",
    )
