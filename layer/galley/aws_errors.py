"""What boto3 raises, told in one word: a service's own message may repeat what it was sent."""

from botocore.exceptions import BotoCoreError, ClientError

AWS_ERRORS = (ClientError, BotoCoreError)


def error_code(error: Exception) -> str:
    """Return the service's error code, or the name of what went wrong on the way to it."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__
