"""Which cases are run: of some roles, of some names, and where the stack has what they need."""

from collections.abc import Collection, Sequence

from galley_local.evals.cases import Entry, load_cases
from galley_local.evals.fields import CaseError
from galley_local.evals.library import Library
from galley_local.evals.roles import ROLES
from galley_local.evals.target import Target, TargetError


def cases_of(library: Library, roles: Collection[str]) -> list[Entry]:
    """Return the cases of roles, or of all where none is named; raises `CaseError`."""
    wanted = [role for name, role in ROLES.items() if not roles or name in roles]
    return [entry for role in wanted for entry in load_cases(role, library)]


def named(entries: Sequence[Entry], names: Collection[str]) -> list[Entry]:
    """Return the cases of some names, or all where none is given; raises `CaseError`."""
    if unknown := {*names} - {each.name for each in entries}:
        raise CaseError(f"--case: there is no case {', '.join(sorted(unknown))} in these roles")
    return [each for each in entries if not names or each.name in names]


def possible(entries: Sequence[Entry], library: Library, target: Target) -> tuple[list[Entry], str]:
    """
    Return the cases that a stack can run, and what it lacks for the others.

    A search needs the documents of the cases in the stack's knowledge base. Raises `TargetError`
    where nothing is left to run.
    """
    searches = [each for each in entries if each.role.name == "search"]
    missing = target.missing_documents(library) if searches else []
    if not missing:
        return list(entries), ""
    folder = library.folder / "sources"
    lacks = (
        f"the stack's corpus lacks {len(missing)} documents of {folder}: put them there "
        f"(aws s3 sync {folder} s3://{target.bucket}/corpus/) and have the knowledge base read "
        "them, best in a stack of its own"
    )
    others = [each for each in entries if each not in searches]
    if not others:
        raise TargetError(f"the search role cannot be run: {lacks}")
    return others, lacks


def names_by_role(entries: Sequence[Entry]) -> dict[str, set[str]]:
    """Return the names of cases by their roles."""
    names: dict[str, set[str]] = {}
    for each in entries:
        names.setdefault(each.role.name, set()).add(each.name)
    return names
