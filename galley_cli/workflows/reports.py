"""`galley report`: fetches what is published, or the draft that is not yet."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from galley_cli.target import ProfileOption, RegionOption, StackOption, UrlOption
from galley_cli.workflows.options import (
    CommandError,
    JsonOption,
    WorkflowArgument,
    on_stack,
    print_json,
)
from galley_cli.workflows.reader import Reader
from galley_cli.workflows.seen import Workflow
from galley_cli.workflows.steps import said_of_deletion

FORMATS = {
    "md": "report.md",
    "html": "report.html",
    "pdf": "report.pdf",
    "docx": "report.docx",
    "evidence": "evidence.json",
}


def report(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    out: Annotated[Path, typer.Option(help="Where a folder for it is put.")] = Path("reports"),
    file_format: Annotated[
        str, typer.Option("--format", help=f"Only {', '.join(FORMATS)}.", show_default="all")
    ] = "",
    draft: Annotated[
        bool, typer.Option("--draft", help="The last draft, before anything is published.")
    ] = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Fetch a report, or its last draft."""
    with on_stack(stack, url, profile, region) as target:
        if file_format and file_format not in FORMATS:
            raise CommandError(f"--format: expected one of {', '.join(FORMATS)}")
        if draft and file_format:
            raise CommandError("--format: a draft is Markdown; leave out --format or --draft")
        reader = Reader(target)
        seen = reader.read(workflow)
        if seen.deleted:
            raise CommandError(f"{workflow}: {said_of_deletion(seen)}")
        names = [last_draft(seen)] if draft else published(seen, file_format)
        folder = out / workflow
        files = [
            _keep(folder / _file_name(name, draft=draft), reader.content(seen, name))
            for name in names
        ]
    if as_json:
        listed = [str(each) for each in files]
        print_json({"workflow_id": workflow, "status": seen.status, "files": listed})
        return
    for file in files:
        Console().print(f"  {file}", markup=False, highlight=False, soft_wrap=True)


def published(seen: Workflow, file_format: str = "") -> list[str]:
    """Return the published files, or the one of a format; raises `CommandError`."""
    wanted = [FORMATS[file_format]] if file_format else list(FORMATS.values())
    there = {each.key for each in seen.artifacts}
    if seen.status not in {"PUBLISHED", "SUCCEEDED"}:
        has_draft = any(key.startswith("drafts/") for key in there)
        then = f"; `galley report {seen.workflow_id} --draft` fetches the last draft"
        raise CommandError(
            f"{seen.workflow_id} is not published: `galley show {seen.workflow_id}` says how it is"
            f"{then if has_draft else ''}"
        )
    names = [f"published/{name}" for name in wanted if f"published/{name}" in there]
    if not names:
        raise CommandError(
            f"{seen.workflow_id} has no {file_format or 'files'}: it could not be made; make it "
            "from the evidence with `galley render`"
        )
    return names


def last_draft(seen: Workflow) -> str:
    """Return the draft of the last round; raises `CommandError` where there is none yet."""
    rounds = [
        int(stem)
        for each in seen.artifacts
        if each.key.startswith("drafts/") and each.key.endswith(".md")
        for stem in [each.key.removeprefix("drafts/").removesuffix(".md")]
        if stem.isdecimal()
    ]
    if not rounds:
        raise CommandError(f"{seen.workflow_id} has no draft yet: `galley watch` follows it")
    return f"drafts/{max(rounds)}.md"


def _file_name(name: str, *, draft: bool) -> str:
    base = name.rpartition("/")[2]
    return f"draft-{base}" if draft else base


def _keep(path: Path, data: bytes) -> Path:
    """Write a file; one that says something else stays, because somebody may have edited it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() != data:
            raise CommandError(f"{path} exists and says something else: choose another --out")
        path.write_bytes(data)
    except OSError as error:
        raise CommandError(
            f"{path} cannot be written ({error.strerror}): choose another --out"
        ) from error
    return path
