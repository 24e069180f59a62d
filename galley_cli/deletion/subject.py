"""What is to be deleted: one workflow, one tenant, or what began before a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from galley.requests import TENANT, WORKFLOW_ID

from galley_cli.target import TargetError

_ONE = "give --workflow ID, --tenant NAME or --before DAY (with --tenant, only that tenant's)"


@dataclass(frozen=True)
class Subject:
    """Which workflows are meant; with a tenant and no day, all that there is of the tenant."""

    workflow: str = ""
    tenant: str = ""
    before: str = ""  # a day, as 2026-01-31

    @classmethod
    def checked(cls, workflow: str, tenant: str, before: str) -> Self:
        """Return what the options name; raises `TargetError`."""
        if not (workflow or tenant or before) or (workflow and (tenant or before)):
            raise TargetError(_ONE)
        if workflow and not WORKFLOW_ID.fullmatch(workflow):
            raise TargetError(f"--workflow {workflow}: no workflow can have this id")
        if tenant and not TENANT.fullmatch(tenant):
            # neither can one that is called as what belongs to nobody: corpus, prompts
            raise TargetError(f"--tenant {tenant}: no tenant can have this name")
        if before:
            try:
                # compared as text with the records' times: 20260101 is written as they are
                before = date.fromisoformat(before).isoformat()
            except ValueError as error:
                raise TargetError(
                    f"--before {before}: expected a day, such as 2026-01-31"
                ) from error
        return cls(workflow, tenant, before)

    @property
    def name(self) -> str:
        """What is typed to confirm the deletion."""
        return self.workflow or self.tenant or self.before

    @property
    def is_whole_tenant(self) -> bool:
        """Whether nothing of a tenant stays: its settings and accounts neither."""
        return bool(self.tenant) and not self.before

    def includes(self, record: Mapping[str, Any]) -> bool:
        """Tell whether a workflow's record is meant."""
        if self.workflow:
            return bool(record["workflow_id"] == self.workflow)
        is_of_tenant = self.tenant in {"", record["tenant"]}
        return is_of_tenant and (not self.before or record["started_at"] < self.before)

    def __str__(self) -> str:
        """Say it in words, as it is written down."""
        if self.workflow:
            return f"workflow {self.workflow}"
        of_tenant = f"tenant {self.tenant}" if self.tenant else "workflows"
        return f"{of_tenant} before {self.before}" if self.before else of_tenant
