"""A report as files: a page that needs nothing else, its pictures, and its figures."""

import json
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from galley_cli.ab import words
from galley_cli.ab.comparison import Comparison
from galley_cli.ab.outcomes import OUTCOMES
from galley_cli.ab.report import Report
from galley_cli.ab.show import chosen
from galley_cli.ab.svg import Curve, drawn

MOST_POINTS = 300


def write_report(report: Report, folder: Path) -> list[Path]:
    """Write `report.html`, `report.json` and a picture of each comparison that decides."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {each.variant: picture(each) for each in report.primary}
    texts = {
        "report.html": page(report, pictures),
        "report.json": json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n",
        **{f"{name}.svg": drawing for name, drawing in pictures.items()},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def page(report: Report, pictures: dict[str, str]) -> str:
    """Return the report as one page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = Path(__file__).with_name("report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        report=report, pictures=pictures, words=words, outcomes=OUTCOMES
    )


def picture(each: Comparison) -> str:
    """Return the interval after every workflow, as SVG."""
    outcome = OUTCOMES[each.outcome]
    looks = chosen(each.looks, MOST_POINTS)
    reach = min(
        max(abs(end) for end in (each.low, each.high, each.effect)) * 3,
        max(abs(end) for look in looks for end in (look.low, look.high)),
    )
    curve = Curve(
        name=outcome.effect(each.effect),
        points=[(look.workflows, look.effect) for look in looks],
        band=[(look.low, look.high) for look in looks],
    )
    title = f"{each.variant} against {each.control}: {outcome.label}"
    return drawn(title, "workflows ended", [curve], (-reach, reach), outcome.effect)
