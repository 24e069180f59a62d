"""An experiment and its workflows in one file, so that a report can be made again without AWS."""

import json
from collections.abc import Sequence
from pathlib import Path

from galley.variants import NAME

from galley_cli.ab.observations import Experiment, ExperimentError, Observation


def keep(experiment: Experiment, observations: Sequence[Observation], path: Path) -> None:
    """Write both to a file."""
    fields = {**vars(experiment), "shares": dict(experiment.shares)}
    kept = {"experiment": fields, "observations": [each.to_dict() for each in observations]}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_kept(path: Path) -> tuple[Experiment, list[Observation]]:
    """Read what was kept; raises `ExperimentError`."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        experiment = Experiment(**kept["experiment"])
        observations = [Observation.from_dict(each) for each in kept["observations"]]
    except OSError as error:
        raise ExperimentError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ExperimentError(f"{path} holds no experiment: {error!r}") from error
    _check_names(experiment)
    return experiment, observations


def _check_names(experiment: Experiment) -> None:
    for name in (experiment.name, *experiment.shares):
        if not NAME.fullmatch(name):  # files are named after them
            raise ExperimentError(f"{name[:80]!r} is no name of an experiment or variant")
