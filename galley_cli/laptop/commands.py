"""`galley run` and `galley up`."""

import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from galley.errors import InvalidRequestError
from galley.ledger.budget import PARTIAL
from rich.console import Console

from galley_cli.exits import Exit, end_like_an_interrupt, refuse
from galley_cli.laptop.options import (
    EXAMPLE_CORPUS,
    BackendOption,
    CorpusOption,
    SignInOption,
    WebOption,
)
from galley_cli.laptop.plan import Plan
from galley_cli.laptop.workflow import run_plan
from galley_cli.running import announced
from galley_cli.view import show_denials, show_result, show_stack
from galley_local.corpus import Corpus, CorpusError
from galley_local.faults.fault import FORM, Fault, FaultError
from galley_local.model import address
from galley_local.model.address import ModelAddress, ModelError
from galley_local.web import Web


def run(  # noqa: PLR0913, PLR0917  # one parameter per option
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="What the report is about.")],
    corpus: CorpusOption = EXAMPLE_CORPUS,
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve the draft (after the rejections).")
    ] = False,
    reject: Annotated[
        list[str] | None,
        typer.Option("--reject", help="Reject a round with this comment; repeat for more rounds."),
    ] = None,
    max_sources: Annotated[
        int, typer.Option(help="How many sources to use at most (1 to 40).")
    ] = 10,
    budget: Annotated[
        float | None,
        typer.Option(metavar="USD", help="What its agents may cost.", show_default="no limit"),
    ] = None,
    at_budget: Annotated[
        str,
        typer.Option(help="What becomes of it there: `partial` (what there is) or `fail`."),
    ] = PARTIAL,
    tenant: Annotated[str, typer.Option(help="Whose workflow it is.")] = "default",
    reviewer: Annotated[
        list[str] | None,
        typer.Option(
            help="Who gets the mail with the link; repeat for more reviewers.",
            show_default="reviewer@example.com",
        ),
    ] = None,
    all_must_approve: Annotated[
        bool, typer.Option("--all", help="All reviewers must approve, not any one of them.")
    ] = False,
    workflow_id: Annotated[
        str | None, typer.Option(help="The workflow's id.", show_default="made from the topic")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where reports are put.")] = Path("reports"),
    sign_in: SignInOption = False,
    model: Annotated[
        str | None,
        typer.Option(
            metavar=address.FORM,
            help="Have a model think, such as http://127.0.0.1:11434#qwen3 (Ollama) or, by "
            "OpenAI's API, http://127.0.0.1:8000/v1#qwen3.",
            show_default="no model: sentences of the documents",
        ),
    ] = None,
    web: WebOption = False,
    backend: BackendOption = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar=FORM,
            help="Let something go wrong, such as kill-after@publish.PutObject; repeat for more.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Research a topic in a folder of documents and publish the report that is approved."""
    console = Console(stderr=True, quiet=as_json and not sys.stderr.isatty())
    try:
        plan = Plan.checked(
            topic=topic,
            tenant=tenant,
            reviewers=tuple(reviewer or ["reviewer@example.com"]),
            approval="all" if all_must_approve else "any",
            max_sources=max_sources,
            budget={"budget_usd": budget, "at_budget": at_budget},
            workflow_id=workflow_id,
            out=out,
            rejections=tuple(reject or ()),
            approve=approve,
            sign_in=sign_in,
            web=web,
            backend=backend,
            faults=tuple(Fault.parse(each) for each in fault or ()),
            model=_model_at(model),
        )
    except (InvalidRequestError, FaultError, ModelError) as error:
        refuse(str(error))
    end_like_an_interrupt()
    try:
        result = run_plan(plan, corpus, console)
    except (CorpusError, FaultError) as error:
        refuse(str(error))
    except KeyboardInterrupt:
        console.print("Interrupted: the laptop stack is gone, and nothing was published.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        plan.give_up()
    if as_json:
        sys.stdout.write(json.dumps(result.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        show_result(result, Console())
    raise typer.Exit(Exit.PUBLISHED if result.succeeded else Exit.FAILED)


def up(
    corpus: CorpusOption = EXAMPLE_CORPUS,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to serve on; 0 for a free one.")
    ] = 4566,
    sign_in: SignInOption = False,
    web: WebOption = False,
    backend: BackendOption = None,
) -> None:
    """Keep the stack running on this machine, and print where its services answer."""
    from galley_local.stack import Stack

    try:
        documents = Corpus.read(corpus)
        end_like_an_interrupt()
        reached = Web.of_this_machine() if web else None
        parameters = {"AgentBackend": backend} if backend else None
        with Stack(
            documents, port=port, sign_in=sign_in, web=reached, parameters=parameters
        ) as stack:
            show_stack(stack, Console())
            try:
                with announced(stack.url):
                    signal.pause()
            finally:
                show_denials(stack.permissions.denials, Console())
    except CorpusError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"port {port} cannot be used ({error.strerror}); give another with --port")
    except KeyboardInterrupt:
        raise typer.Exit(Exit.PUBLISHED) from None


def _model_at(text: str | None) -> ModelAddress | None:
    if text is None:
        return None
    model = ModelAddress.parse(text)
    model.check()
    return model
