"""
`galley approve` and `galley reject`: the decision of a reviewer, by the reviewer's own link.

Whoever operates a stack has no link, and no other way past the gate: a link is mailed to each
reviewer. On a laptop the mails are kept, and the link is looked up there.
"""

import json
import os
import sys
from typing import Annotated
from urllib.request import ProxyHandler, build_opener

import typer
from rich.console import Console
from rich.text import Text

from galley_cli.target import ProfileOption, RegionOption, StackOption, Target, UrlOption
from galley_cli.workflows.gate import Gate, open_gate
from galley_cli.workflows.options import (
    CommandError,
    JsonOption,
    WorkflowArgument,
    YesOption,
    confirm,
    on_stack,
    print_json,
)
from galley_cli.workflows.reader import Reader
from galley_cli.workflows.seen import Workflow
from galley_cli.workflows.words import moment

APPROVED, REJECTED = "approved", "rejected"
LINK_VARIABLE = "GALLEY_LINK"
MAIL_SECONDS = 10

LinkOption = Annotated[
    str,
    typer.Option(
        metavar="LINK",
        help=f"The reviewer's link, or - to read it from standard input; else {LINK_VARIABLE}, "
        "else it is asked for. A laptop stack has it in its mails.",
    ),
]
ReviewerOption = Annotated[
    str, typer.Option(help="Whose link of a laptop stack's mails to use.", show_default="the next")
]


def approve(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    comment: Annotated[str, typer.Option(help="What is said with it.")] = "",
    link: LinkOption = "",
    reviewer: ReviewerOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """
    Approve a draft, by its reviewer's link.

    The decision goes through the approval API, as from the reviewer's own page.
    """
    with on_stack(stack, url, profile, region) as target:
        _decide(target, workflow, APPROVED, comment, link, reviewer, yes=yes, as_json=as_json)


def reject(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    comment: Annotated[str, typer.Option(help="What the next draft has to do differently.")],
    link: LinkOption = "",
    reviewer: ReviewerOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """
    Reject a draft, by its reviewer's link.

    The draft is then revised by what the comment says.
    """
    with on_stack(stack, url, profile, region) as target:
        if not comment.strip():
            raise CommandError("--comment: a rejection says what to change")
        _decide(target, workflow, REJECTED, comment, link, reviewer, yes=yes, as_json=as_json)


def _decide(  # noqa: PLR0913, PLR0917  # as many as the commands have
    target: Target,
    workflow: str,
    decision: str,
    comment: str,
    link: str,
    reviewer: str,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    seen = Reader(target).read(workflow)
    given = _given(link) or (mailed_link(target, seen, reviewer) if target.is_laptop else _asked())
    gate = open_gate(target, seen, given)
    if not as_json:
        _show(gate, seen, decision, comment)
    verb = "Approve" if decision == APPROVED else "Reject"
    confirm(f"{verb} this draft as {gate.reviewer}?", yes=yes)
    said = gate.decide(decision, comment)
    if as_json:
        print_json(
            {
                "workflow_id": workflow,
                "round": gate.asked.number,
                "reviewer": gate.reviewer,
                "decision": decision,
                "draft_sha256": gate.asked.draft_sha256,
                "answer": said,
            }
        )
    else:
        Console().print(Text(said), soft_wrap=True)


def mailed_link(target: Target, seen: Workflow, reviewer: str = "") -> str:
    """Return the link in a laptop stack's mail to a reviewer who has not decided."""
    waiting = seen.waiting
    if waiting is None:
        return ""
    whom = [reviewer] if reviewer else waiting.silent
    # by its beginning, because the topic stands in the mail too, and may hold a link
    path = f"{target.output('ApprovalUrl')}/approvals/{seen.workflow_id}/{waiting.number}?"
    mailbox = f"{target.access.url}/mail.json"
    try:
        with build_opener(ProxyHandler({})).open(mailbox, timeout=MAIL_SECONDS) as answer:
            mails = json.load(answer)
    except OSError as error:
        raise CommandError(f"the stack's mails cannot be read at {mailbox}: {error}") from error
    for mail in reversed(mails):
        for link in mail["links"]:
            if mail["to"][0] in whom and link.startswith(path):
                return str(link)
    raise CommandError(f"no mail to {' or '.join(whom)} has a link of round {waiting.number} yet")


def _given(link: str) -> str:
    if link == "-":
        return sys.stdin.readline().strip()
    return link or os.environ.get(LINK_VARIABLE, "")


def _asked() -> str:
    """Ask for the link without showing it; it is as good as its reviewer's signature."""
    if not sys.stdin.isatty():
        raise CommandError(
            "a decision needs the reviewer's link, from the mail to them: give it by "
            f"{LINK_VARIABLE}, or by --link - on standard input"
        )
    return str(typer.prompt("The reviewer's link", hide_input=True, err=True)).strip()


def _show(gate: Gate, seen: Workflow, decision: str, comment: str) -> None:
    console, asked = Console(stderr=True), gate.asked
    lines = {
        gate.title: "bold",
        f"workflow {seen.workflow_id}, tenant {seen.tenant}, round {asked.number}": "",
        f"draft sha256 {asked.draft_sha256}": "",
        f"until {moment(asked.expires_at)} UTC": "",
        f"read it: galley report {seen.workflow_id} --draft": "",
        f"{decision} as {gate.reviewer}{f': “{comment}”' if comment else ''}": "",
    }
    for line, style in lines.items():
        console.print(Text(line, style), soft_wrap=True)
