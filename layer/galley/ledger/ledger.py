"""
The ledger: before an agent is asked, what that may cost is set aside; then it is asked and noted.

Nobody knows how often a model turns to its tools. Where its turns are seen (a harness), what
another one may cost is set aside, too, before it is taken. Where they are not (Bedrock Agents), a
call may take more than its worst case: it counts whole, and the next one is refused.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Self

from galley.agents.answer import Agent, Allow, Answer, always
from galley.agents.usage import Tokens, tokens_in
from galley.errors import (
    BudgetExceededError,
    BudgetReservedError,
    GalleyError,
    PriceMissingError,
)
from galley.ledger.accounts import Account, Accounts, entry_key
from galley.ledger.budget import Budget
from galley.ledger.prices import Price, price_missing, price_of
from galley.scope import Scope
from galley.telemetry import logger, measure
from galley.variants import AS_USUAL, Variant

# The worst case of a call. Its model reads the prompt, and all that was said since, once more in
# each turn; it turns to its tools twice, in a search three times, and is told a lot there; then it
# gives the longest answer that its settings allow.
TURNS = defaultdict(lambda: 3, search=4)
INSTRUCTION_TOKENS = 1_500  # and the descriptions of its tools
RESULT_TOKENS = defaultdict(lambda: 4_000, search=9_000)  # of a tool
REMARK_TOKENS = 300  # with which it turns to one

WAIT_SECONDS, LOOK_SECONDS = 30, 1  # in the middle of a call, for what others may give back

# With these the ledger keeps an agent from being asked, or from another turn.
REFUSALS = (BudgetExceededError, BudgetReservedError, PriceMissingError)
_ANSWERED = "answered"
_ABOUT = ("model", "seconds", "backend", "agent", "agent_version")


def worst_case(role: str, prompt: str, most_tokens: int) -> Tokens:
    """Return the most that a call is expected to take; an answer has at most `most_tokens`."""
    turns = TURNS[role]
    said = sum(range(turns)) * (RESULT_TOKENS[role] + REMARK_TOKENS)
    return Tokens(
        input_tokens=turns * (tokens_in(prompt) + INSTRUCTION_TOKENS) + said,
        output_tokens=most_tokens + (turns - 1) * REMARK_TOKENS,
    )


@dataclass(frozen=True)
class Ledger:
    """The accounts of one workflow, and what an agent of the function's role may take."""

    scope: Scope
    budget: Budget
    accounts: Accounts
    most_tokens: int  # of an answer
    seconds: int  # of a call
    variant: Variant = AS_USUAL

    @classmethod
    def from_env(cls, scope: Scope, budget: Budget, variant: Variant) -> Self:
        """Return the ledger of a workflow, for the function of a role that asks its agents."""
        return cls(
            scope,
            budget,
            Accounts.from_env(),
            json.loads(os.environ["AGENT_MODEL_SETTINGS"])["maxTokens"],
            int(os.environ["AGENT_READ_TIMEOUT_SECONDS"]),
            variant,
        )

    def charging(self, agent: Agent) -> "ChargedAgent":
        """Return an agent whose calls are noted here, and refused where they may cost too much."""
        return ChargedAgent(agent, self)


@dataclass(frozen=True)
class _Call:
    """
    One call of an agent.

    Its id is random, unlike others here: a state that is tried again asks again, and that is paid
    for again. A delivery that finds what the first has kept makes no call.
    """

    id: str
    price: Price | None
    shares: list["_Share"]
    key: dict[str, str]  # of its entry
    role: str


@dataclass
class _Share:
    """What is set aside for a call in one of its accounts."""

    account: Account
    aside: Decimal


@dataclass(frozen=True)
class ChargedAgent:
    """An agent whose calls are charged to a workflow and to its tenant's month."""

    agent: Agent
    ledger: Ledger

    @property
    def model(self) -> str:
        """Which model is going to think."""
        return self.agent.model

    def ask(
        self,
        prompt: str,
        session_id: str,
        attributes: Mapping[str, str],
        allow: Allow = always,
    ) -> Answer:
        """Return the agent's answer; raises an error instead where a budget has no room for it."""
        call = self._begun(prompt, session_id)
        started = time.monotonic()

        def allow_turn(taken: Tokens, reads: int) -> None:
            allow(taken, reads)
            self._extend(call, taken, reads)

        try:
            answer = self.agent.ask(prompt, session_id, attributes, allow_turn)
        except GalleyError as error:
            said = {"model": self.model, "seconds": time.monotonic() - started}
            tokens = Tokens(tokens_in(prompt)) if error.tokens is None else error.tokens
            self._end(call, type(error).__name__, tokens, said)
            raise
        said = {name: getattr(answer, name) for name in _ABOUT}
        usd = self._end(call, _ANSWERED, answer.tokens, said)
        return replace(answer, usd=None if usd is None else float(usd))

    def _begun(self, prompt: str, session_id: str) -> _Call:
        ledger, began_at = self.ledger, datetime.now(UTC)
        _, role, item = session_id.split(".", 2)
        price = price_of(self.model)
        if price is None and ledger.budget.is_set:
            raise price_missing(self.model)
        aside = price.of(worst_case(role, prompt, ledger.most_tokens)) if price else Decimal(0)
        call_id, at = os.urandom(8).hex(), began_at.isoformat(timespec="milliseconds")
        key = entry_key(ledger.scope.workflow_id, at, call_id)
        accounts = Account.all_of(ledger.scope, ledger.budget, f"{began_at:%Y-%m}")
        call = _Call(call_id, price, [_Share(each, aside) for each in accounts], key, role)
        until = int(began_at.timestamp()) + ledger.seconds
        entry = {
            "role": role,
            "item": item,
            "session_id": session_id,
            "began_at": at,
            "reserved_usd": aside,
            "experiment": ledger.variant.experiment,
            "variant": ledger.variant.name,
        }
        try:
            for account in accounts:
                ledger.accounts.reserve(account, call_id, aside, until)
            ledger.accounts.open_entry(key, entry)
        except GalleyError:
            self._settle(call, Decimal(0))  # whatever has been set aside, told so or not
            raise
        return call

    def _extend(self, call: _Call, taken: Tokens, reads: int) -> None:
        """Set aside what a call comes to with another turn, if that is more than is."""
        turn = Tokens(reads + INSTRUCTION_TOKENS, self.ledger.most_tokens)
        usd = call.price.of(taken + turn) if call.price else Decimal(0)
        for share in call.shares:
            if usd > share.aside:
                self._set_aside(share, call.id, usd)
                share.aside = usd

    def _set_aside(self, share: _Share, call_id: str, usd: Decimal) -> None:
        """Set aside more, once others give back enough; to begin anew would pay again."""
        # By lot: two calls that wait for each other shall not give up at the same time.
        deadline = time.monotonic() + WAIT_SECONDS * (1 + os.urandom(1)[0] / 255) / 2
        while True:
            try:
                return self.ledger.accounts.extend(share.account, call_id, share.aside, usd)
            except BudgetReservedError as error:
                if time.monotonic() > deadline:
                    raise BudgetExceededError(str(error)) from None
                time.sleep(LOOK_SECONDS)

    def _end(
        self, call: _Call, outcome: str, tokens: Tokens, said: dict[str, Any]
    ) -> Decimal | None:
        """Note how a call has ended; an answer that was paid for is not lost for want of that."""
        price = price_of(said["model"]) or price_of(self.model)
        usd = price.of(tokens) if price else None
        if usd is None:
            logger.warning("the model %r has no price: its cost is not counted", said["model"])
        said["seconds"] = Decimal(str(round(said["seconds"], 3)))
        entry = {"outcome": outcome, **said, **asdict(tokens)}
        self._settle(call, usd or Decimal(0), entry | ({} if usd is None else {"usd": usd}))
        self._measure(call.role, outcome, tokens, usd)
        return usd

    def _settle(self, call: _Call, usd: Decimal, entry: Mapping[str, Any] | None = None) -> None:
        """Settle each account, then the entry; one that cannot be written keeps no other."""
        ledger, counts = self.ledger.accounts, int(bool(entry))
        writes = [
            partial(ledger.settle, share.account, call.id, usd, share.aside, counts)
            for share in call.shares
        ]
        if entry:
            writes.append(partial(ledger.close_entry, call.key, entry))
        for write in writes:
            try:
                write()
            except GalleyError as error:
                # It stays set aside, as if the worker had died: rather too much than too little.
                logger.error("a call of the %s agent is not settled: %s", call.role, error)

    def _measure(self, role: str, outcome: str, tokens: Tokens, usd: Decimal | None) -> None:
        cost = {} if usd is None else {"CostUsd": float(usd)}
        measure(
            {"role": role},
            AgentCalls=1,
            AgentFailures=int(outcome != _ANSWERED),
            InputTokens=tokens.input_tokens,
            OutputTokens=tokens.output_tokens,
            CacheReadTokens=tokens.cache_read_tokens,
            CacheWriteTokens=tokens.cache_write_tokens,
            **cost,
        )
        if cost:
            measure({"tenant": self.ledger.scope.tenant}, **cost)
