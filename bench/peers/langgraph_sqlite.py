"""On LangGraph, with its checkpoints in SQLite, each written before the next step begins."""

import tempfile
from operator import add
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send, interrupt
from turns import SOURCES, do, take


class State(TypedDict, total=False):
    """What goes from step to step."""

    summaries: Annotated[list[int], add]
    decision: str
    ended: str


def search(_: State) -> State:
    do("search")
    return {}


def summarize(source: dict[str, int]) -> State:
    do("summary")
    return {"summaries": [source["number"]]}


def write(_: State) -> State:
    do("write")
    return {}


def ask(_: State) -> State:
    do("ask")
    return {}


def wait(_: State) -> State:
    return {"decision": interrupt("draft")}


def publish(state: State) -> State:
    if state["decision"] == "approved":
        do("publish")
    return {"ended": "published" if state["decision"] == "approved" else "rejected"}


def graph(saver: SqliteSaver) -> Any:
    """Return the workflow."""
    made = StateGraph(State)
    for each in (search, summarize, write, ask, wait, publish):
        made.add_node(each.__name__, each)
    made.add_edge(START, "search")
    sources = [Send("summarize", {"number": number}) for number in range(SOURCES)]
    made.add_conditional_edges("search", lambda _: sources, ["summarize"])
    for one, next_one in (("summarize", "write"), ("write", "ask"), ("ask", "wait")):
        made.add_edge(one, next_one)
    made.add_edge("wait", "publish")
    made.add_edge("publish", END)
    return made.compile(checkpointer=saver)


def main() -> None:
    """Run, each time in a new thread of one database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SqliteSaver.from_conn_string(str(Path(folder) / "graph.sqlite")) as saver,
    ):
        research = graph(saver)

        def run(turn: int) -> str:
            settings: dict[str, Any] = {"configurable": {"thread_id": f"run-{turn}"}}
            research.invoke({"summaries": []}, settings, durability="sync")
            ended = research.invoke(Command(resume="approved"), settings, durability="sync")
            return str(ended["ended"])

        take(run)


if __name__ == "__main__":
    main()
