"""The ledger: what a call may cost is set aside, what it cost is noted once, and limits hold."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from galley.agents.usage import Tokens, tokens_in
from galley.errors import (
    AgentReplyError,
    AgentThrottledError,
    AgentUnavailableError,
    BudgetExceededError,
    BudgetReservedError,
    PriceMissingError,
    StorageRefusedError,
    StorageUnavailableError,
)
from galley.ledger.accounts import Account, Accounts
from galley.ledger.budget import NO_BUDGET, Budget, in_digits, in_dollars
from galley.ledger.ledger import INSTRUCTION_TOKENS, Ledger, worst_case
from galley.ledger.prices import price_of
from galley.variants import Variant
from galley.workflows import Workflows

from tests.unit.fakes import SCOPE, FakeAgent

ACCOUNT = Account({"pk": "LEDGER#w", "sk": "COST"}, Decimal(1), "the workflow's budget", "more")
SESSION = SCOPE.session_id("writer", "1")
MOST_TOKENS = 1000
Items = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def accounts(aws: None) -> Accounts:
    """Give the accounts of an empty table."""
    return Accounts.from_env()


@pytest.fixture
def by_key(all_items: Items) -> Callable[[], dict[str, dict[str, Any]]]:
    """Give a way to read what there is, by partition and the beginning of the sort key."""
    return lambda: {f"{item['pk']} {item['sk'][:12]}": item for item in all_items()}


def soon() -> int:
    """Return until when a call of now counts as under way."""
    return int(time.time()) + 60


def charged(accounts: Accounts, agent: FakeAgent, budget: Budget = NO_BUDGET) -> Any:
    """Return an agent that is charged to a workflow."""
    return Ledger(SCOPE, budget, accounts, MOST_TOKENS, seconds=60).charging(agent)


def spent(accounts: Accounts) -> Decimal:
    """Return what the workflow has spent or set aside."""
    cost_usd: Decimal = Workflows(accounts._table).find_with_cost(SCOPE.workflow_id)["cost_usd"]
    return cost_usd


def cost(input_tokens: int, output_tokens: int) -> Decimal:
    """Return what tokens of the fake agent's model cost."""
    price = price_of(FakeAgent.model)
    assert price
    return price.of(Tokens(input_tokens, output_tokens))


# ---- accounts ------------------------------------------------------------------------------------


def test_what_is_set_aside_twice_counts_once(accounts: Accounts, all_items: Items) -> None:
    until = soon()
    accounts.reserve(ACCOUNT, "c1", Decimal("0.6"), until)
    once = all_items()

    accounts.reserve(ACCOUNT, "c1", Decimal("0.6"), until)

    assert once == all_items()
    assert once == [
        {**ACCOUNT.key, "usd": Decimal("0.6"), "usd:c1": Decimal("0.6"), "call:c1": until}
    ]


def test_what_is_settled_twice_counts_once(accounts: Accounts, all_items: Items) -> None:
    accounts.reserve(ACCOUNT, "c1", Decimal("0.6"), soon())

    for _ in range(2):
        accounts.settle(ACCOUNT, "c1", Decimal("0.1"), Decimal("0.6"))

    assert all_items() == [{**ACCOUNT.key, "usd": Decimal("0.1"), "calls": 1}]


def test_a_settled_call_gives_back_what_it_did_not_take(accounts: Accounts) -> None:
    accounts.reserve(ACCOUNT, "c1", Decimal("0.6"), soon())
    accounts.settle(ACCOUNT, "c1", Decimal("0.3"), Decimal("0.6"))

    accounts.reserve(ACCOUNT, "c2", Decimal("0.7"), soon())


def test_what_only_calls_under_way_have_set_aside_may_be_had_later(accounts: Accounts) -> None:
    accounts.reserve(ACCOUNT, "c1", Decimal("0.6"), soon())

    with pytest.raises(BudgetReservedError, match=r"\$0\.00 is spent and \$0\.60 set aside"):
        accounts.reserve(ACCOUNT, "c2", Decimal("0.6"), soon())


def test_what_a_dead_worker_has_set_aside_counts_as_spent(accounts: Accounts) -> None:
    accounts.reserve(ACCOUNT, "c1", Decimal("0.6"), int(time.time()) - 1)

    with pytest.raises(BudgetExceededError, match=r"\$0\.60 is spent"):
        accounts.reserve(ACCOUNT, "c2", Decimal("0.6"), soon())


def test_what_is_spent_is_not_there_however_many_calls_are_under_way(accounts: Accounts) -> None:
    accounts.reserve(ACCOUNT, "c1", Decimal("0.5"), soon())
    accounts.settle(ACCOUNT, "c1", Decimal("0.5"), Decimal("0.5"))
    accounts.reserve(ACCOUNT, "c2", Decimal("0.1"), soon())

    with pytest.raises(BudgetExceededError):
        accounts.reserve(ACCOUNT, "c3", Decimal("0.6"), soon())


@pytest.mark.parametrize(("usd", "fits"), [("1", True), ("1.0001", False)])
def test_an_empty_account_takes_what_its_limit_is(
    accounts: Accounts, all_items: Items, usd: str, fits: bool
) -> None:
    if fits:
        accounts.reserve(ACCOUNT, "c1", Decimal(usd), soon())
    else:
        with pytest.raises(BudgetExceededError):
            accounts.reserve(ACCOUNT, "c1", Decimal(usd), soon())

    assert len(all_items()) == int(fits)


def test_an_account_without_a_limit_takes_everything(accounts: Accounts) -> None:
    for number in range(3):
        accounts.reserve(replace(ACCOUNT, limit=None), f"c{number}", Decimal(9), soon())


# ---- calls ---------------------------------------------------------------------------------------


def test_a_call_is_noted_and_charged_to_the_workflow_and_to_its_tenants_month(
    accounts: Accounts, by_key: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    answer = charged(accounts, FakeAgent("answer")).ask("Hello", SESSION, {})

    items, usd = by_key(), cost(11, 7)
    month = time.strftime("%Y-%m", time.gmtime())
    assert answer.usd == pytest.approx(float(usd))
    assert items["LEDGER#lighthouses-1 COST"]["usd"] == usd
    assert items[f"TENANT#press COST#{month}"[:25]]["usd"] == usd
    (entry,) = (each for each in items.values() if "role" in each)
    assert entry["sk"].startswith(f"COST#{entry['began_at']}#")
    expected = {"role": "writer", "item": "1", "session_id": SESSION, "outcome": "answered"}
    assert expected | {"input_tokens": 11, "output_tokens": 7, "usd": usd} == {
        name: entry[name] for name in (*expected, "input_tokens", "output_tokens", "usd")
    }
    assert entry["reserved_usd"] > usd


def test_two_calls_of_one_session_are_two_entries(accounts: Accounts, all_items: Items) -> None:
    agent = charged(accounts, FakeAgent("one", "again"))

    agent.ask("Hello", SESSION, {})
    agent.ask("Hello", SESSION, {})

    entries = [each for each in all_items() if "role" in each]
    assert len(entries) == 2
    assert spent(accounts) == 2 * cost(11, 7)


def test_an_entry_says_which_variant_was_asked(accounts: Accounts, all_items: Items) -> None:
    variant = Variant(experiment="shorter", name="short")
    ledger = Ledger(SCOPE, NO_BUDGET, accounts, MOST_TOKENS, 60, variant)

    with pytest.raises(AgentThrottledError):
        ledger.charging(FakeAgent(AgentThrottledError())).ask("Hello", SESSION, {})

    (entry,) = (each for each in all_items() if "role" in each)
    assert (entry["experiment"], entry["variant"]) == ("shorter", "short")


def failed_with(error: Any, tokens: Tokens) -> Any:
    """Return an error of an agent that knows what its call has taken."""
    error.tokens = tokens
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(failed_with(AgentThrottledError(), Tokens()), (0, 0), id="refused before"),
        pytest.param(failed_with(AgentReplyError(), Tokens(50, 90)), (50, 90), id="read halfway"),
        pytest.param(AgentUnavailableError(), (100, 0), id="nobody knows"),
    ],
)
def test_a_call_that_fails_counts_with_what_is_known_of_it(
    accounts: Accounts, all_items: Items, error: Exception, expected: tuple[int, int]
) -> None:
    with pytest.raises(type(error)):
        charged(accounts, FakeAgent(error)).ask("x" * 300, SESSION, {})

    (entry,) = (each for each in all_items() if "role" in each)
    assert entry["outcome"] == type(error).__name__
    assert (entry["input_tokens"], entry["output_tokens"]) == expected
    assert spent(accounts) == cost(*expected)


def test_a_call_whose_worst_case_has_no_room_is_not_made(
    accounts: Accounts, all_items: Items
) -> None:
    agent = FakeAgent("never")

    with pytest.raises(BudgetExceededError, match=r"the workflow's budget of \$0\.01 is reached"):
        charged(accounts, agent, Budget(usd="0.01")).ask("Hello", SESSION, {})

    assert (agent.asked, all_items()) == ([], [])


def test_a_tenants_month_is_a_limit_of_its_own_and_takes_nothing_from_the_workflow(
    accounts: Accounts,
) -> None:
    agent, budget = FakeAgent("never"), Budget(usd="10", tenant_month_usd="0.01")

    with pytest.raises(BudgetExceededError, match=r"the budget of tenant press for \d{4}-\d\d of"):
        charged(accounts, agent, budget).ask("Hello", SESSION, {})

    assert agent.asked == []
    assert spent(accounts) == 0


def worst_usd(prompt: str) -> Decimal:
    """Return what is set aside for a call before it begins."""
    price = price_of(FakeAgent.model)
    assert price
    return price.of(worst_case("writer", prompt, MOST_TOKENS))


def test_a_turn_beyond_the_worst_case_has_more_set_aside(accounts: Accounts) -> None:
    agent, aside = FakeAgent("answer"), []
    taken = Tokens(60_000, 900)
    agent.turns = [(Tokens(10, 10), 100), (taken, 9_000)]

    def noted(*_: Any) -> None:
        aside.append(spent(accounts))

    charged(accounts, agent, Budget(usd="10")).ask("Hello", SESSION, {}, noted)
    noted()

    turn = Tokens(9_000 + INSTRUCTION_TOKENS, MOST_TOKENS)
    assert aside == [worst_usd("Hello"), worst_usd("Hello"), cost(11, 7)]
    agent.turns.append((taken, 9_000))
    agent.replies.append("answer")
    charged(accounts, agent, Budget(usd="10")).ask("Hello", SESSION, {}, noted)
    price = price_of(FakeAgent.model)
    assert price
    assert aside[-1] == cost(11, 7) + price.of(taken + turn)


@pytest.mark.parametrize("budget", [Budget(usd="0.2"), Budget(usd="10", tenant_month_usd="0.2")])
def test_a_turn_for_which_there_is_no_room_is_not_taken(
    accounts: Accounts, by_key: Callable[[], dict[str, dict[str, Any]]], budget: Budget
) -> None:
    agent = FakeAgent("never")
    agent.turns = [(Tokens(50_000, 900), 9_000), (Tokens(100_000, 5_000), 90_000)]

    with pytest.raises(BudgetExceededError, match=r"\$0\.00 is spent, and the call may cost"):
        charged(accounts, agent, budget).ask("Hello", SESSION, {})

    items = by_key()
    # What it took counts; this agent does not say.
    assert {each["usd"] for each in items.values()} == {cost(tokens_in("Hello"), 0)}
    assert not [name for each in items.values() for name in each if name.startswith("usd:")]
    (entry,) = (each for each in items.values() if "role" in each)
    assert entry["outcome"] == "BudgetExceededError"


def turning(*turns: tuple[Tokens, int]) -> FakeAgent:
    """Return an agent that asks leave for turns before its answer."""
    agent = FakeAgent("answer")
    agent.turns = list(turns)
    return agent


DEAR_TURN = (Tokens(50_000, 900), 9_000)


def test_a_turn_waits_for_what_other_calls_give_back(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account.all_of(SCOPE, Budget(usd="0.2"), "2026-11")[0]
    accounts.reserve(account, "other", Decimal("0.13"), soon())
    waited = []

    def give_back(seconds: float) -> None:
        waited.append(seconds)
        accounts.settle(account, "other", Decimal("0.01"), Decimal("0.13"))

    monkeypatch.setattr("galley.ledger.ledger.time.sleep", give_back)

    answer = charged(accounts, turning(DEAR_TURN), Budget(usd="0.2")).ask("Hello", SESSION, {})

    assert answer.text == "answer"
    assert len(waited) == 1
    assert spent(accounts) == Decimal("0.01") + cost(11, 7)


def test_a_turn_that_has_waited_long_enough_ends_its_call_for_good(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account.all_of(SCOPE, Budget(usd="0.2"), "2026-11")[0]
    accounts.reserve(account, "other", Decimal("0.13"), soon())
    monkeypatch.setattr("galley.ledger.ledger.WAIT_SECONDS", -1)

    with pytest.raises(
        BudgetExceededError, match=r"\$0\.13 set aside for calls that are under way"
    ):
        charged(accounts, turning(DEAR_TURN), Budget(usd="0.2")).ask("Hello", SESSION, {})

    assert spent(accounts) == Decimal("0.13") + cost(tokens_in("Hello"), 0)


@pytest.mark.parametrize("budget", [NO_BUDGET, Budget(usd="10")])
def test_books_are_right_where_nobody_heard_that_more_was_set_aside(
    accounts: Accounts, all_items: Items, monkeypatch: pytest.MonkeyPatch, budget: Budget
) -> None:
    extend = Accounts.extend

    def unheard(*arguments: Any) -> None:
        extend(*arguments)
        raise StorageUnavailableError("the workflows table could not be reached")

    monkeypatch.setattr(Accounts, "extend", unheard)

    with pytest.raises(StorageUnavailableError):
        charged(accounts, turning(DEAR_TURN), budget).ask("Hello", SESSION, {})

    assert {each["usd"] for each in all_items()} == {cost(tokens_in("Hello"), 0)}
    assert not [name for each in all_items() for name in each if name.startswith("usd:")]


def test_an_account_that_is_gone_keeps_no_call_from_another_turn(accounts: Accounts) -> None:
    accounts.extend(replace(ACCOUNT, limit=None), "c1", Decimal("0.2"), Decimal("0.5"))


def test_more_is_set_aside_once_however_often_that_is_sent(
    accounts: Accounts, all_items: Items
) -> None:
    accounts.reserve(ACCOUNT, "c1", Decimal("0.2"), soon())
    accounts.extend(ACCOUNT, "c1", Decimal("0.2"), Decimal("0.5"))
    once = all_items()

    accounts.extend(ACCOUNT, "c1", Decimal("0.2"), Decimal("0.5"))

    assert all_items() == once
    assert (once[0]["usd"], once[0]["usd:c1"]) == (Decimal("0.5"), Decimal("0.5"))
    with pytest.raises(BudgetExceededError):
        accounts.extend(ACCOUNT, "c1", Decimal("0.5"), Decimal("1.1"))
    assert all_items() == once


def test_all_workflows_of_a_tenant_share_its_month(accounts: Accounts) -> None:
    worst = price_of(FakeAgent.model).of(worst_case("summary", "Hello", MOST_TOKENS))  # type: ignore[union-attr]
    budget = Budget(tenant_month_usd=in_digits(worst + cost(11, 7) / 2))
    charged(accounts, FakeAgent("answer"), budget).ask("Hello", SESSION, {})
    other = Ledger(replace(SCOPE, workflow_id="other"), budget, accounts, MOST_TOKENS, 60)

    with pytest.raises(BudgetExceededError):
        other.charging(FakeAgent()).ask("Hello", SESSION, {})


def test_a_budget_needs_a_price(accounts: Accounts) -> None:
    agent = FakeAgent("never")
    agent.model = "vendor.model"

    with pytest.raises(PriceMissingError, match=r"vendor\.model has no price: add one to"):
        charged(accounts, agent, Budget(usd="10")).ask("Hello", SESSION, {})

    assert agent.asked == []


def test_a_budget_needs_an_agent_whose_model_is_known(accounts: Accounts) -> None:
    agent = FakeAgent("never")
    agent.model = ""

    with pytest.raises(PriceMissingError, match="use an agent that the template creates"):
        charged(accounts, agent, Budget(usd="10")).ask("Hello", SESSION, {})

    assert agent.asked == []


def test_without_a_budget_tokens_are_noted_for_want_of_a_price(
    accounts: Accounts, all_items: Items, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    agent = FakeAgent("answer")
    agent.model = "vendor.model"

    answer = charged(accounts, agent).ask("Hello", SESSION, {})

    (entry,) = (each for each in all_items() if "role" in each)
    assert (entry["input_tokens"], "usd" in entry, answer.usd) == (11, False, None)
    assert any("has no price" in line["message"] for line in log_lines())


def test_an_answer_that_is_paid_for_is_not_lost_where_it_cannot_be_noted(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise StorageUnavailableError("no")

    monkeypatch.setattr(Accounts, "close_entry", refuse)

    answer = charged(accounts, FakeAgent("answer")).ask("Hello", SESSION, {})

    assert answer.text == "answer"
    assert spent(accounts) == cost(11, 7)


def test_what_cannot_be_written_keeps_nothing_else_from_being_settled(
    accounts: Accounts,
    all_items: Items,
    monkeypatch: pytest.MonkeyPatch,
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    settle = Accounts.settle

    def refuse(*_: Any) -> None:
        raise StorageUnavailableError("no")

    def settle_months(self: Accounts, account: Account, *others: Any) -> None:
        if account.key["sk"] == "COST":
            refuse()
        settle(self, account, *others)

    monkeypatch.setattr(Accounts, "close_entry", refuse)
    monkeypatch.setattr(Accounts, "settle", settle_months)

    charged(accounts, FakeAgent("answer")).ask("Hello", SESSION, {})

    (month,) = (each for each in all_items() if each["pk"] == "TENANT#press")
    assert month["usd"] == cost(11, 7)
    assert spent(accounts) > cost(11, 7)
    assert sum("is not settled" in line["message"] for line in log_lines()) == 2


def test_no_agent_is_asked_that_nothing_can_be_set_aside_for(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise StorageRefusedError("no")

    monkeypatch.setattr(Accounts, "reserve", refuse)
    agent = FakeAgent("never")

    with pytest.raises(StorageRefusedError):
        charged(accounts, agent).ask("Hello", SESSION, {})

    assert agent.asked == []


def test_an_entry_that_is_written_twice_stays_as_it_is(
    accounts: Accounts, all_items: Items
) -> None:
    key = {"pk": "LEDGER#w", "sk": "COST#1#c1"}
    accounts.open_entry(key, {"role": "writer"})
    accounts.close_entry(key, {"outcome": "answered"})

    accounts.open_entry(key, {"role": "other"})
    accounts.close_entry(key, {"outcome": "AgentReplyError"})

    assert all_items() == [{**key, "role": "writer", "outcome": "answered"}]


def test_calls_are_measured_by_role_and_what_they_cost_by_tenant(
    accounts: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    charged(accounts, FakeAgent("answer")).ask("Hello", SESSION, {})

    by_role, by_tenant = map(json.loads, capsys.readouterr().out.splitlines())
    usd = [pytest.approx(float(cost(11, 7)))]
    expected = {"AgentCalls": [1], "AgentFailures": [0], "InputTokens": [11], "CostUsd": usd}
    assert {name: by_role[name] for name in expected} == expected
    assert (by_role["role"], by_tenant["tenant"], by_tenant["CostUsd"]) == ("writer", "press", usd)


# ---- the worst case, and amounts -----------------------------------------------------------------


def test_a_worst_case_is_more_than_a_long_prompt_and_the_longest_answer() -> None:
    prompt = "Ein Leuchtturm. " * 1000

    worst = worst_case("summary", prompt, MOST_TOKENS)

    assert worst.input_tokens > 3 * len(prompt) / 4
    assert worst.output_tokens > MOST_TOKENS


@pytest.mark.parametrize(
    ("usd", "expected"),
    [("0", "$0.00"), ("0.5", "$0.50"), ("0.0123", "$0.0123"), ("1234.567", "$1,234.57")],
)
def test_amounts_are_told_to_the_cent_or_to_a_hundredth_of_one(usd: str, expected: str) -> None:
    assert in_dollars(Decimal(usd)) == expected


@pytest.mark.parametrize(
    ("usd", "expected"), [(0, ""), (10, "10"), (0.01, "0.01"), (Decimal("2.50"), "2.5"), ("", "")]
)
def test_limits_are_written_in_digits(usd: Any, expected: str) -> None:
    assert in_digits(usd) == expected


def test_a_budget_comes_back_from_a_record_as_it_was() -> None:
    budget = Budget("2.5", "fail", "100")

    assert Budget.from_record(budget.to_record()) == budget
    assert Budget.from_record({}) == NO_BUDGET


def test_a_search_is_expected_to_read_more_than_other_calls() -> None:
    search, summary = (worst_case(role, "Lights?", MOST_TOKENS) for role in ("search", "summary"))

    assert search.input_tokens > 3 * summary.input_tokens
    assert search.output_tokens > summary.output_tokens
