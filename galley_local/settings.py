"""What an operator may set for the roles of a stack, set at once, for scenarios."""

import hashlib
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer
from galley.variants import ROLES, prompt_key

if TYPE_CHECKING:
    from galley_local.stack import Stack


def set_prompts(stack: "Stack", mark: str) -> None:
    """Give each role a prompt that says what its own says; that of the writer by an experiment."""
    for role in ROLES:
        variant = {"prompt": _kept(stack, role, mark)}
        setting: dict[str, Any] = {"variant": variant}
        if role == "writer":
            halves = [{"name": name, "share": "0.5", **variant} for name in ("one", "other")]
            setting["experiment"] = {"name": f"experiment-{mark}", "variants": halves}
        item = {"pk": "ROLES", "sk": role, **setting}
        typed = {name: TypeSerializer().serialize(value) for name, value in item.items()}
        stack.client("dynamodb").put_item(TableName=stack.outputs["TableName"], Item=typed)


def _kept(stack: "Stack", role: str, mark: str) -> str:
    from galley_local.stack import ROOT

    own = (ROOT / "functions" / f"{role}_agent" / "prompt.md").read_text(encoding="utf-8")
    data = f"{own}\n(Number {mark}.)\n".encode()
    digest = hashlib.sha256(data).hexdigest()
    bucket = stack.outputs["ArtifactsBucket"]
    stack.client("s3").put_object(Bucket=bucket, Key=prompt_key(role, digest), Body=data)
    return digest
