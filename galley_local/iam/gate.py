"""IAM in front of the services: a call goes through if its role may make it."""

import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Request, Response

from galley_local.iam.calls import Account, Signed, along_with, call_of, denied, to_be_told
from galley_local.iam.permissions import Permissions

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# Stands between a role that may make a call and the services; the action is IAM's.
Between = Callable[[Request, str, str, Wsgi], Wsgi]


class Gate:
    """Checks the calls of roles; the operator, who has none, may do everything."""

    def __init__(self, permissions: Permissions, account: Account, between: Between) -> None:
        self._permissions = permissions
        self._account = account
        self._between = between

    def admit(self, request: Request, signed: Signed, services: Wsgi) -> Wsgi:
        """Return what answers a call: the services, or a refusal that names what is missing."""
        role = self._permissions.role_of(signed.access_key)
        if role is None:
            return services
        call = call_of(request, signed, self._account)
        if "Authorization" in request.headers:  # not a browser with an address that was signed
            self._permissions.note(role, call)
        if signed.service != "s3":  # whose bodies are not looked at: the others go on
            request.environ["wsgi.input"] = io.BytesIO(request.get_data())
        for needed in filter(None, (call, along_with(call))):
            if denial := self._permissions.check(role, needed):
                return denied(denial, signed.service)
        services = self._between(request, role, call.action, services)
        telling = to_be_told(call)
        if telling is None:
            return services
        response = Response.from_app(services, request.environ)
        is_missing = response.status_code == HTTPStatus.NOT_FOUND
        if is_missing and (denial := self._permissions.check(role, telling)):
            return denied(denial, signed.service)
        return response
