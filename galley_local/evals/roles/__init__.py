"""The four roles, in the order of the workflow."""

from galley_local.evals.role import Role
from galley_local.evals.roles import reviser, search, summary, writing

ROLES: dict[str, Role] = {
    each.name: each for each in (search.ROLE, summary.ROLE, writing.ROLE, reviser.ROLE)
}
