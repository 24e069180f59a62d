"""Cases of a role: every `*.yaml` in its folder, each case under a name of its own."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from galley_local.evals.fields import CaseError, read_fields, read_yaml
from galley_local.evals.library import Library
from galley_local.evals.role import Case, Role

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 60  # it is part of session ids


@dataclass(frozen=True)
class Entry:
    """A case by its name; `digest` is another one when it asks something else."""

    role: Role
    name: str
    theme: str  # the file that it stands in
    case: Case
    digest: str


def load_cases(role: Role, library: Library) -> list[Entry]:
    """Return the cases of a role, in their order; raises `CaseError` at the first broken one."""
    folder = library.folder / role.name
    entries: dict[str, Entry] = {}
    for path in sorted(folder.glob("*.yaml")):
        shown = f"{library.folder.name}/{role.name}/{path.name}"
        for entry in _entries_in(role, library, read_yaml(path, shown), shown):
            if entry.name in entries:
                other = entries[entry.name].theme
                raise CaseError(f"{shown}: {entry.name}: {other}.yaml has a case of this name, too")
            entries[entry.name] = entry
    if not entries:
        raise CaseError(f"{folder} has no cases: put them into *.yaml files there")
    return list(entries.values())


def _entries_in(role: Role, library: Library, found: Any, shown: str) -> Iterator[Entry]:
    if not isinstance(found, Mapping):
        raise CaseError(f"{shown}: expected cases by their names")
    theme = shown.rpartition("/")[2].removesuffix(".yaml")
    for name, value in found.items():
        if not isinstance(name, str) or len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
            raise CaseError(
                f"{shown}: {name}: a name has lower-case letters, digits and hyphens, "
                f"at most {LONGEST_NAME}"
            )
        case = read_fields(role.case, value, f"{shown}: {name}")
        try:
            _check_documents(case, library)
            case.check(library)
        except CaseError as error:
            # what is wrong with `claims.yaml` says so itself
            is_elsewhere = str(error).startswith(f"{library.folder.name}/")
            raise CaseError(str(error) if is_elsewhere else f"{shown}: {name}.{error}") from error
        yield Entry(role, name, theme, case, _digest(value, case, library))


def _check_documents(case: Case, library: Library) -> None:
    for field, names in case.documents().items():
        for each in names:
            try:
                library.document(each)
            except CaseError as error:
                raise CaseError(f"{field}: {error}") from error


def _digest(value: Mapping[str, Any], case: Case, library: Library) -> str:
    asked = {name: each for name, each in value.items() if name != "why"}
    whole = json.dumps([asked, case.material(library)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8")).hexdigest()[:16]
