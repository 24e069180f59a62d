"""On AWS Lambda's durable functions, in the local runner of AWS's testing package."""

import logging
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import MapConfig
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner
from turns import SOURCES, do, take

POLL_SECONDS = 0.01  # of whoever looks for the wait to begin; a second unless given


@durable_execution
def research(event: Any, context: DurableContext) -> str:
    context.step(lambda _: do("search"), name="search")
    context.map(
        range(SOURCES),
        lambda inner, *_: inner.step(lambda _: do("summary"), name="summary"),
        name="summaries",
        config=MapConfig(max_concurrency=SOURCES),
    )
    context.step(lambda _: do("write"), name="write")
    decision = context.wait_for_callback(lambda *_: do("ask"), name="approval")
    if decision != "approved":
        return "rejected"
    context.step(lambda _: do("publish"), name="publish")
    return "published"


def main() -> None:
    """Run, each time in a new execution of one runner."""
    logging.disable(logging.CRITICAL)
    with DurableFunctionTestRunner(research, poll_interval=POLL_SECONDS) as runner:

        def run(turn: int) -> str:
            execution = runner.run_async(input="{}", execution_name=f"run-{turn}")
            callback = runner.wait_for_callback(execution)
            runner.send_callback_success(callback, b"approved")
            ended = runner.wait_for_result(execution)
            return str(ended.result).strip('"')

        take(run)


if __name__ == "__main__":
    main()
