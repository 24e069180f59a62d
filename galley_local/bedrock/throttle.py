"""A Bedrock that throttles: more agent calls at once than there may be are refused."""

import json
import threading

from werkzeug.wrappers import Request, Response

from galley_local.bedrock.agent_runtime import AgentRuntime


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
        if not request.path.startswith("/agents/"):
            return self._runtime.respond(request)
        if not self._places.acquire(blocking=False):
            with self._lock:
                self.refused += 1
            body = json.dumps({"message": "Your request rate is too high."})
            headers = {"x-amzn-ErrorType": "ThrottlingException"}
            return Response(body, 429, headers, content_type="application/json")
        try:
            return self._runtime.respond(request)
        finally:
            self._places.release()
