"""Run many workflows at once and print what came of it; exit with 1 if any was lost or mixed."""

import argparse
import sys
from collections import Counter

from galley_local.load.mind import MarkedMind
from galley_local.load.run import Caps, Figures, Load, stations
from galley_local.stack import Stack
from galley_local.step_functions import interpreter

SUMMARY_CONCURRENCY = 10  # of one workflow, as the template has it


def main() -> int:
    """Run as many as are asked for."""
    parser = argparse.ArgumentParser(prog="python -m galley_local.load", description=__doc__)
    for name, default, what in (
        ("workflows", 200, "that run at once"),
        ("sources", 10, "of each workflow"),
        ("tenants", 5, "that they belong to"),
        ("agent-calls-at-once", 40, "that Bedrock takes; it throttles the others"),
        ("reserved-summaries", 30, "that Lambda runs at once, of all workflows"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=what)
    parser.add_argument(
        "--agent-seconds", type=float, default=0.1, help="that an agent takes to answer"
    )
    parser.add_argument(
        "--waits", type=float, default=0.5, metavar="FACTOR", help="of the waits before retries"
    )
    options = parser.parse_args()
    mind = MarkedMind(options.agent_seconds)
    caps = Caps(SUMMARY_CONCURRENCY, options.reserved_summaries)
    parameters = {
        "SummaryConcurrency": str(caps.one),
        "ReservedSummaryConcurrency": str(caps.all),
    }
    with Stack(stations(), mind=mind, parameters=parameters) as stack:
        stack.throttle(options.agent_calls_at_once)
        with interpreter.waits_times(options.waits):
            load = Load(stack, mind, options.tenants, caps)
            figures = load.run(options.workflows, options.sources)
    sys.stdout.write(f"{report(figures)}\n")
    return int(not figures.is_right)


def report(figures: Figures) -> str:
    """Return the figures as a table."""
    rows = {
        "workflows": figures.workflows,
        "published": figures.published,
        "failed": _counted(figures.failed),
        "sources left out": _counted(figures.gaps),
        "mixed with another": len(figures.mixed),
        "keys of others": f"{len(figures.strays)} of {figures.storage_calls} storage calls",
        "summaries at once, one workflow": f"{figures.summaries_of_one} of {figures.caps.one}",
        "summaries at once, all": f"{figures.summaries_of_all} of {figures.caps.all}",
        "throttled agent calls": figures.throttled_agent_calls,
        "refused invocations": figures.refused_invocations,
        "events of the longest history": figures.most_events,
        "seconds": f"{figures.seconds:.1f}",
        "seconds per workflow": f"{figures.seconds / max(1, figures.workflows):.2f}",
        "MB (PSS) at most": f"{figures.megabytes:.0f}",
    }
    wrong = [*figures.causes[:5], *figures.mixed[:5], *figures.strays[:5]]
    return "\n".join([*(f"{name:<34}{value}" for name, value in rows.items()), *wrong])


def _counted(errors: Counter[str]) -> str:
    return ", ".join(f"{count} {error}" for error, count in errors.items()) or "0"


if __name__ == "__main__":
    sys.exit(main())
