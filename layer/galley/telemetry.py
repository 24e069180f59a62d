"""Logger and tracer, made once; lines and traces carry workflow_id, tenant and version."""

import gc
import os
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger, Tracer

from galley import usage
from galley.errors import GalleyError

# What a function imports stays: a cold start looks for no garbage in it, which would be done again
# and again as it grows. `handler` decorates a function that has all it needs, and ends that.
gc.disable()

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

VERSION = os.environ["VERSION"]
_IDS = ("workflow_id", "tenant")
_NAME = re.compile(r"[\w.-]{1,80}")  # any other string in the place of an id was never let in

usage.watch()  # before any client is made
logger = Logger(version=VERSION)
tracer = Tracer(auto_patch=False)


def handler(function: Handler) -> Handler:
    """
    Wrap a Lambda handler: trace it, and log which workflow it works for and how it fails.

    What it used is the last line of each invocation (`galley.usage`).
    """
    gc.freeze()
    gc.enable()
    usage.ready()

    @wraps(function)
    def traced(event: dict[str, Any], context: Any) -> dict[str, Any]:
        identity = _identity(event)
        for name, value in {**identity, "version": VERSION}.items():
            tracer.put_annotation(name, value)
        with logger.append_context_keys(request_id=context.aws_request_id, **identity):
            try:
                return _logged(function, event, context)
            finally:
                logger.remove_keys(_IDS)  # what was noted on the way is not of the next call

    capture: Any = tracer.capture_lambda_handler(capture_response=False, capture_error=False)
    captured: Handler = capture(traced)
    return captured


def note(workflow_id: str, tenant: str) -> None:
    """Have further lines and the trace say whose this call is, where its event does not."""
    for name, value in zip(_IDS, (workflow_id, tenant), strict=True):
        logger.append_keys(**{name: value})
        tracer.put_annotation(name, value)


def measure(dimensions: Mapping[str, str], **figures: float) -> None:
    """
    Log metrics in CloudWatch's embedded format; a name in `Seconds` says its unit.

    The line says whose they are, too, which is no dimension and costs nothing.
    """
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # which few need

    metrics = EphemeralMetrics(namespace="Galley")
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    known = logger.get_current_keys()
    for name in (*_IDS, "version"):
        if known.get(name) and name not in dimensions:
            metrics.add_metadata(name, known[name])
    for name, figure in figures.items():
        unit = MetricUnit.Seconds if name.endswith("Seconds") else MetricUnit.Count
        metrics.add_metric(name, unit, figure)
    metrics.flush_metrics()


def _logged(function: Handler, event: dict[str, Any], context: Any) -> dict[str, Any]:
    began = usage.begin()
    try:
        return function(event, context)
    except GalleyError as error:
        # Our own messages carry no prompt, token or secret; tracebacks of others might.
        logger.error("%s: %s", type(error).__name__, error)  # noqa: TRY400  # see above
        raise
    except Exception as error:
        logger.error("unexpected %s", type(error).__name__)  # noqa: TRY400  # see above
        raise
    finally:
        logger.info(usage.MESSAGE, extra={"used": usage.since(began, event, context)})


def _identity(event: Any) -> dict[str, str]:
    # Where the ids are depends on the caller: a state, a state before there is a record, an agent,
    # the HTTP API; what comes last counts. An event can be anything until its function has read it.
    if not isinstance(event, Mapping):
        return {}
    inner = ("request", "pathParameters", "sessionAttributes")
    carriers = (_execution(event), *map(event.get, inner), event)
    ids = (
        (name, carrier.get(name))
        for carrier in carriers
        if isinstance(carrier, Mapping)
        for name in _IDS
    )
    variant = event.get("variant")
    named = (
        (name, variant.get(field) if isinstance(variant, Mapping) else None)
        for name, field in (("experiment", "experiment"), ("variant", "name"))
    )
    return {
        name: value
        for name, value in (*ids, *named)
        if isinstance(value, str) and _NAME.fullmatch(value)
    }


def _execution(event: Mapping[str, Any]) -> dict[str, Any]:
    # Its name is the workflow's id, unless the request gives another. An announced end is a detail:
    # what was asked there may have been refused, so that `galley.ends` looks at the record first.
    execution = event.get("execution", event.get("detail"))
    return {"workflow_id": execution.get("name")} if isinstance(execution, Mapping) else {}
