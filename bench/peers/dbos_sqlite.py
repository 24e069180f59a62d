"""On DBOS, whose steps are kept in SQLite."""

import tempfile
from pathlib import Path

from dbos import DBOS, SetWorkflowID
from turns import SOURCES, do, take

POLL_SECONDS = 0.01  # of whoever waits for an event, a message or a result; a second unless given


@DBOS.step()
def step(name: str) -> None:
    do(name)


@DBOS.workflow()
def summarize() -> None:
    step("summary")


@DBOS.workflow()
def research() -> str:
    step("search")
    summaries = [DBOS.start_workflow(summarize) for _ in range(SOURCES)]
    for each in summaries:
        each.get_result(polling_interval_sec=POLL_SECONDS)
    step("write")
    step("ask")
    DBOS.set_event("asks", "draft")
    if DBOS.recv("decision") != "approved":
        return "rejected"
    step("publish")
    return "published"


def main() -> None:
    """Run, each time in a new workflow of one database."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'dbos.sqlite'}"
        DBOS(
            config={
                "name": "bench",
                "system_database_url": database,
                "log_level": "CRITICAL",
                "run_admin_server": False,
                "notification_listener_polling_interval_sec": POLL_SECONDS,
            }
        )
        DBOS.launch()

        def run(turn: int) -> str:
            name = f"run-{turn}"
            with SetWorkflowID(name):
                handle = DBOS.start_workflow(research)
            DBOS.get_event(name, "asks")
            DBOS.send(name, "approved", "decision")
            return str(handle.get_result(polling_interval_sec=POLL_SECONDS))

        take(run)
        DBOS.destroy()


if __name__ == "__main__":
    main()
