"""A Bedrock that throttles: more agent calls at once than there may be are refused."""

import threading

from werkzeug.wrappers import Request, Response

from galley_local.bedrock.agent_runtime import AgentRuntime
from galley_local.refusals import refusal


class ThrottledRuntime:
    """An agent runtime behind a limit; what is refused has reached no agent and costs nothing."""

    def __init__(self, runtime: "AgentRuntime | ThrottledRuntime", most_at_once: int) -> None:
        self._runtime = runtime
        self._places = threading.Semaphore(most_at_once)
        self._lock = threading.Lock()
        self.refused = 0

    @property
    def sessions(self) -> list[str]:
        """The session of each call that would be paid for."""
        return self._runtime.sessions

    def respond(self, request: Request) -> Response | None:
        """Answer a request of this service; None if it belongs to another."""
        if not request.path.startswith(("/agents/", "/harnesses/")):
            return self._runtime.respond(request)
        if not self._places.acquire(blocking=False):
            with self._lock:
                self.refused += 1
            message = "Your request rate is too high."
            return refusal("bedrock", 429, "ThrottlingException", message)
        try:
            return self._runtime.respond(request)
        finally:
            self._places.release()
