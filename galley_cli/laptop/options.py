"""What `galley run` and `galley up` are told of the stack on this machine."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

EXAMPLE_CORPUS = Path(__file__).parents[2] / "examples" / "corpus"


class Backend(StrEnum):
    """Which service the laptop plays for the agents, as the parameter AgentBackend names it."""

    HARNESS = "harness"
    BEDROCK_AGENTS = "bedrock-agents"


CorpusOption = Annotated[
    Path, typer.Option("--corpus", help="The folder of documents to research.", show_default=False)
]

SignInOption = Annotated[
    bool, typer.Option("--sign-in", help="Have the reviewer sign in, as with a user pool.")
]

WebOption = Annotated[
    bool,
    typer.Option(
        "--web",
        help="Search the web, too: Wikipedia and OpenAlex, and Tavily with GALLEY_TAVILY_KEY. "
        "Sites see who asks if GALLEY_WEB_CONTACT is an address.",
    ),
]

BackendOption = Annotated[
    Backend | None,
    typer.Option(
        "--backend",
        help="Which service the agents run on, as this machine plays it.",
        show_default="the template's",
    ),
]
