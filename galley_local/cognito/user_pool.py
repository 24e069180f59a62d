"""
A user pool of moto's, with this application as its client.

Any AWS client can make users and groups in it; whoever signs in is made, too, if missing.
"""

from collections.abc import Iterable
from typing import Any

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.cognitoidp.models import cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse

from galley_local.clients import ACCOUNT_ID, REGION

ID_TOKEN_SECONDS = 3600


class UserPool:
    """The one user pool of a stack; `origin` is where the stack answers."""

    def __init__(self, origin: str) -> None:
        self._backend: Any = cognitoidp_backends[ACCOUNT_ID][REGION]
        self._pool = self._backend.create_user_pool("reviewers", {})
        self.callback_urls = [f"{origin}/signed-in"]
        self.logout_urls = [f"{origin}/sign-out"]
        settings: Any = {
            "ClientName": "galley",
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthScopes": ["openid", "email"],
            "CallbackURLs": self.callback_urls,
            "LogoutURLs": self.logout_urls,
        }
        self.id: str = self._pool.id
        client = self._backend.create_user_pool_client(
            self.id, generate_secret=False, extended_config=settings
        )
        self.client_id: str = client.id
        self.origin = origin
        self.keys: bytes = CognitoIdpJsonWebKeyResponse.json_web_key

    @property
    def parameters(self) -> dict[str, str]:
        """The template's parameters that name this pool."""
        return {
            "UserPoolId": self.id,
            "UserPoolClientId": self.client_id,
            "UserPoolDomain": self.origin,
        }

    def admit(self, address: str, groups: Iterable[str]) -> None:
        """Make a user who is not there yet, and put them into groups."""
        if address not in self._pool.users:
            attributes = [
                {"Name": "email", "Value": address},
                {"Name": "email_verified", "Value": "true"},
            ]
            self._backend.admin_create_user(self.id, address, "SUPPRESS", "", attributes)
        for group in groups:
            if group not in self._pool.groups:
                self._backend.create_group(self.id, group, "", "", 0)
            self._backend.admin_add_user_to_group(self.id, group, address)

    def id_token(self, address: str, **claims: Any) -> str:
        """Return a user's ID token, signed, with claims of one's own."""
        user = self._pool.users[address]
        known = {
            "iss": f"{self.origin}/{self.id}",  # where boto3 reaches the pool
            "email": user.attribute_lookup["email"],
            "email_verified": user.attribute_lookup["email_verified"] == "true",
            "cognito:groups": sorted(group.group_name for group in user.groups),
            **claims,
        }
        token, _ = self._pool.create_jwt(self.client_id, address, "id", ID_TOKEN_SECONDS, known)
        return str(token)
