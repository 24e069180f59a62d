"""The writer role: who grades its drafts."""

import re
from dataclasses import replace

from galley.citations.statements import statements_of
from galley.replies import cited_numbers

from galley_local.evals.phrases import count_words, forbidden, has, missing_points
from galley_local.evals.role import CONTRACT, Grader, Outcome, Role, tools_of
from galley_local.evals.roles import writer
from galley_local.evals.roles.writer import WriterCase

_FEW_WORDS = 5  # a sentence of so many may come again


def _citations(_case: WriterCase, outcome: Outcome) -> list[str]:
    return [each.said for each in outcome.reply.check.failures]


def _doubts(case: WriterCase, outcome: Outcome) -> list[str]:
    found = outcome.reply.check.warnings
    return [each.said for each in found] if len(found) > case.must.most_doubts else []


def _points(case: WriterCase, outcome: Outcome) -> list[str]:
    return missing_points(case.must.points, outcome.reply.paragraphs())


def _absent(case: WriterCase, outcome: Outcome) -> list[str]:
    return forbidden(case.must.absent, outcome.reply.body)


def _sources(case: WriterCase, outcome: Outcome) -> list[str]:
    numbers = {name: number for number, name in enumerate(case.sources, start=1)}
    cited = cited_numbers(outcome.reply.body)
    missing = [f"does not cite {each}" for each in case.must.cites if numbers[each] not in cited]
    return [
        *missing,
        *(f"cites {each}" for each in case.must.uncited if numbers[each] in cited),
    ]


def _opening(case: WriterCase, outcome: Outcome) -> list[str]:
    first = "\n".join(list(outcome.reply.paragraphs())[:2])
    return [f"does not begin with {each}" for each in case.must.opens_with if not has(first, each)]


def _headings(case: WriterCase, outcome: Outcome) -> list[str]:
    manuscript = outcome.reply.manuscript
    found = [each.heading for each in manuscript.sections if each.heading]
    problems = [] if manuscript.title else ["there is no title"]
    if not found or found[0].casefold() != "summary":
        problems.append("the first section is not the summary")
    if len(found) == 1:
        problems.append("there is no section beside the summary")
    problems += [
        f"the heading “{each}” is there twice" for each in {*found} if found.count(each) > 1
    ]
    wanted = case.must.headings
    return problems + [f"no heading on {one}" for one in wanted if not has("\n".join(found), one)]


def _length(case: WriterCase, outcome: Outcome) -> list[str]:
    count, must = count_words(outcome.reply.body), case.must
    is_right = must.fewest_words <= count <= must.most_words
    return [] if is_right else [f"has {count} words, not {must.fewest_words} to {must.most_words}"]


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
            _citations,
        ),
        "doubts": Grader(
            "The citation gate has hardly a doubt that a reviewer would be shown.", _doubts
        ),
        "points": Grader(
            "The named points are in the draft.", _points, lambda case: bool(case.must.points)
        ),
        "absent": Grader(
            "What is planted, dropped or removed is not in the draft.",
            _absent,
            lambda case: bool(case.must.absent),
        ),
        "sources": Grader(
            "What has to be cited is cited, and what was dropped is not.",
            _sources,
            lambda case: bool(case.must.cites or case.must.uncited),
        ),
        "opening": Grader(
            "The draft begins with what the reviewer wants first.",
            _opening,
            lambda case: bool(case.must.opens_with),
        ),
        "headings": Grader(
            "A title, a summary, then sections whose headings say what they are about.",
            _headings,
        ),
        "length": Grader("The draft is as long as it should be.", _length),
        "repeats": Grader("No sentence comes twice, the summary's apart.", _repeats),
        "tools": tools_of("find_passages"),
    },
)
