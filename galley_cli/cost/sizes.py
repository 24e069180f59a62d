"""
The seed's three sizes, and the workflows that stand for their tasks.

A task is what the seed's diagram draws: a search, a summary of each source, a draft, a request for
approval, a publication; a rejection adds a revision, a draft and a request. One workflow in four is
rejected once and has fewer sources for it, so that all have about as many tasks.
"""

from dataclasses import dataclass

FIXED_TASKS, TASKS_OF_A_REJECTION = 4, 3
REJECTED = 0.25


@dataclass(frozen=True)
class Shape:
    """A kind of workflow, and which share of all it is."""

    sources: int
    rejections: int
    share: float

    @property
    def tasks(self) -> int:
        """How many tasks it has."""
        return FIXED_TASKS + self.sources + TASKS_OF_A_REJECTION * self.rejections


@dataclass(frozen=True)
class Size:
    """How many workflows a month, of how many tasks, for how many tenants, and for how much."""

    name: str
    workflows: int
    tasks: int  # of each workflow, as the seed says
    seed_usd: float
    goal_usd: float
    tenants: int
    shapes: tuple[Shape, Shape]


def _shapes(sources: int, fewer: int) -> tuple[Shape, Shape]:
    return Shape(sources, 0, 1 - REJECTED), Shape(fewer, 1, REJECTED)


SIZES = (
    Size("S", 100, 8, 120, 40, 1, _shapes(4, 2)),  # two sources are the least that there may be
    Size("M", 2_000, 12, 1_050, 350, 5, _shapes(8, 5)),
    Size("L", 20_000, 16, 8_200, 2_730, 20, _shapes(12, 9)),
)
# What the seed says of M, line by line.
SEED_LINES = {
    "Step Functions": 0.50,
    "Models": 600.0,
    "Lambda": 30.0,
    "DynamoDB": 20.0,
    "S3": 10.0,
    "Knowledge base": 200.0,
    "EventBridge and mail": 5.0,
    "Logs and the rest": 185.0,
}
# Which of the seed's lines a service belongs to.
LINES = {
    "step-functions": "Step Functions",
    "models": "Models",
    "lambda": "Lambda",
    "dynamodb": "DynamoDB",
    "s3": "S3",
    "knowledge-base": "Knowledge base",
    "events": "EventBridge and mail",
    "mail": "EventBridge and mail",
}
REST = "Logs and the rest"
