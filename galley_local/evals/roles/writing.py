"""The writer role's graders beside those of a single case's wishes, and the role itself."""

import re
from dataclasses import replace

from galley.citations.statements import statements_of

from galley_local.evals.role import CONTRACT, Grader, Outcome, Role, tools_of
from galley_local.evals.roles import writer
from galley_local.evals.roles.writer import WriterCase

_FEW_WORDS = 5  # a sentence of so many may come again


def _repeats(_case: WriterCase, outcome: Outcome) -> list[str]:
    seen: set[str] = set()
    problems = []
    manuscript = outcome.reply.manuscript
    body = replace(manuscript, sections=[s for s in manuscript.sections if s.heading != "Summary"])
    for each in statements_of(body):
        said = re.sub(r"\W+", " ", re.sub(r"\[\d+\]", "", each.text)).strip().casefold()
        if not each.is_beside and len(said.split()) > _FEW_WORDS and said in seen:
            problems.append(f"says twice: {each.text}")
        seen.add(said)
    return problems


ROLE = Role(
    "writer",
    WriterCase,
    writer.put,
    writer.read,
    lambda draft: str(draft.text),
    {
        "contract": CONTRACT,
        "citations": Grader(
            "The citation gate lets the first attempt pass: sources, quotations, numbers, dates.",
            writer.citations,
        ),
        "doubts": Grader(
            "The citation gate has hardly a doubt that a reviewer would be shown.", writer.doubts
        ),
        "points": Grader(
            "The named points are in the draft.", writer.points, lambda case: bool(case.must.points)
        ),
        "absent": Grader(
            "What is planted, dropped or removed is not in the draft.",
            writer.absent,
            lambda case: bool(case.must.absent),
        ),
        "sources": Grader(
            "What has to be cited is cited, and what was dropped is not.",
            writer.sources,
            lambda case: bool(case.must.cites or case.must.uncited),
        ),
        "opening": Grader(
            "The draft begins with what the reviewer wants first.",
            writer.opening,
            lambda case: bool(case.must.opens_with),
        ),
        "headings": Grader(
            "A title, a summary, then sections whose headings say what they are about.",
            writer.headings,
        ),
        "length": Grader("The draft is as long as it should be.", writer.length),
        "repeats": Grader("No sentence comes twice, the summary's apart.", _repeats),
        "tools": tools_of("find_passages"),
    },
)
