"""How this application calls AWS services, and what it makes of their errors."""

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# Two attempts, at once: together they stay below the timeout of every function.
STORAGE = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 2})
AWS_ERRORS = (ClientError, BotoCoreError)


def error_code(error: Exception) -> str:
    """
    Return the service's error code, or the name of what went wrong on the way to it.

    A service's message is left out: it may repeat what it was sent.
    """
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__
