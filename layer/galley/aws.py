"""How this application calls AWS services, and what it makes of their errors."""

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from galley.errors import GalleyError, StorageRefusedError, StorageUnavailableError

# Two attempts, at once: together they stay below the timeout of every function.
STORAGE = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 2})
AWS_ERRORS = (ClientError, BotoCoreError)

_REFUSED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}


def error_code(error: Exception) -> str:
    """
    Return the service's error code, or the name of what went wrong on the way to it.

    A service's message is left out: it may repeat what it was sent.
    """
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def storage_error(what: str, error: Exception) -> GalleyError:
    """Return the error that the state machine knows for a call of storage or mail that failed."""
    code = error_code(error)
    if code in _REFUSED:
        # S3 says so, too, of an object that is not there to a role that may not list.
        missing = "the function's role lacks a permission, or what it asks for is gone"
        return StorageRefusedError(f"{what}: {code}; {missing}")
    return StorageUnavailableError(f"{what}: {code}")
