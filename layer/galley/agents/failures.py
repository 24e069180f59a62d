"""
What goes wrong with an agent, by the names that the state machine knows.

The same names whether it comes before the answer (HTTP status) or inside its event stream, where
no SDK retries it. No service's message goes on: it may repeat the prompt.
"""

from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.exceptions import ClientError
from urllib3.exceptions import HTTPError

from galley.aws import AWS_ERRORS, error_code
from galley.errors import (
    AgentRefusedError,
    AgentThrottledError,
    AgentUnavailableError,
    GalleyError,
)

# What a client raises; an event stream is read straight from urllib3.
FAILURES = (*AWS_ERRORS, HTTPError, ParserError)

# Codes differ in case between HTTP errors and stream exceptions: compare in lower case.
_THROTTLED = {"throttlingexception", "servicequotaexceededexception", "toomanyrequestsexception"}
_GONE = {"accessdeniedexception", "resourcenotfoundexception"}
_REFUSED = {"validationexception", *_GONE}
# Words of a refused request that say that its model is none, or cannot be had under this id.
_NO_MODEL = (
    "providedmodelidentifierisinvalid",
    "on-demandthroughputisn",
    "supporton-demandthroughput",
    "supportthemodelthatyouprovided",
)
# A harness's own: in its message stands what its model's service answered.
_WRAPS_ANOTHER = "runtimeclienterror"


def patience(seconds: int) -> Config:
    """Return the settings of a client that waits so long for each part of an answer."""
    return Config(
        connect_timeout=5,
        read_timeout=seconds,
        # The state machine retries; a second attempt here would be paid for out of sight.
        retries={"total_max_attempts": 1},
    )


def named(error: Exception, session_id: str) -> GalleyError:
    """Return the error that the state machine knows for what a client raised."""
    message = ""
    if isinstance(error, ClientError):
        message = str(error.response.get("Error", {}).get("Message", ""))
    return failure(error_code(error), message, session_id)


def failure(code: str, message: str, session_id: str) -> GalleyError:
    """Return the error that the state machine knows for a service's code and message."""
    told = f"session {session_id}: the agent service answered {code}"
    codes, words = {code.lower()}, "".join(message.lower().split())
    if _WRAPS_ANOTHER in codes:
        codes |= {each for each in _THROTTLED | _REFUSED if each in words}
    if codes & _THROTTLED:
        return AgentThrottledError(told)
    if codes & _GONE:
        return AgentRefusedError.gone(told)
    if codes & _REFUSED and any(each in words for each in _NO_MODEL):
        return AgentRefusedError.gone(f"{told}: its model cannot be had")
    if codes & _REFUSED:
        return AgentRefusedError.unread(told)
    return AgentUnavailableError(told)
