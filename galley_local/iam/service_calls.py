"""
Functions called by AWS services: agents, the HTTP API, rules.

A service has no role. What lets it in is the function's `AWS::Lambda::Permission`, which says for
whom the service may call: which agent, which route, which rule.
"""

from typing import Any

from galley_local.iam.calls import Account
from galley_local.iam.permissions import SOURCE, Denial, Permissions
from galley_local.iam.policies import Call
from galley_local.lambdas.function import Function, Outcome
from galley_local.lambdas.service import Lambdas

BEDROCK = "bedrock.amazonaws.com"
API_GATEWAY = "apigateway.amazonaws.com"
EVENTS = "events.amazonaws.com"


class NotPermittedError(Exception):
    """A service may not call a function."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(str(denial))
        self.denial = denial


class ServiceCalls:
    """The way by which services reach functions."""

    def __init__(self, lambdas: Lambdas, permissions: Permissions, account: Account) -> None:
        self._lambdas = lambdas
        self._permissions = permissions
        self._account = account

    def function(self, arn: str) -> Function | None:
        """Return the function of an ARN."""
        return self._lambdas.named(arn)

    def invoke(self, service: str, source_arn: str, function: Function, event: Any) -> Outcome:
        """
        Run a function on an event, for a service that calls on behalf of a source.

        Raises `NotPermittedError` where no permission of the function lets that source in.
        """
        context = {SOURCE: (source_arn,), "aws:SourceAccount": (self._account.account_id,)}
        call = Call("lambda:InvokeFunction", function.arn, context)
        denial = self._permissions.check(service, call)
        if denial:
            raise NotPermittedError(denial)
        return self._lambdas.invoke(function, event)
