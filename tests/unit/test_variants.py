"""Variants and experiments: what can be set, and which workflow gets what."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from galley.settings import Cast, Settings
from galley.variants import AS_USUAL, Experiment, SettingError, Variant
from galley.workflows import Workflows

from functions.register_workflow import app
from tests.unit.fakes import load_event

EVENT = load_event("register_workflow")
HARNESS = "arn:aws:bedrock-agentcore:us-east-1:123456789012:harness/my_harness-AbCdEf1234"
SHA256 = "a" * 64


def halves(**other: Any) -> dict[str, Any]:
    """Return an experiment on the writer with two variants of equal shares."""
    variants = [{"name": "control", "share": "0.5"}, {"name": "short", "share": "0.5", **other}]
    return {"name": "shorter", "role": "writer", "variants": variants}


def with_shares(*shares: Any) -> dict[str, Any]:
    """Return an experiment with variants of such shares."""
    variants = [{"name": f"v{place}", "share": share} for place, share in enumerate(shares)]
    return {"name": "shares", "variants": variants}


def chosen(given: dict[str, Any], workflow_id: str) -> str:
    """Return the name of the variant that a workflow gets."""
    return Experiment.of(given, "writer").variant_of(workflow_id).name


# ---- what can be set -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"agent": "AGENT12345/ALIAS12345"},
        {"agent": HARNESS},
        {"agent": f"{HARNESS}/harness-endpoint/live", "model": "us.vendor.model-v1:0"},
        {"prompt": SHA256},
        {"prompt": ""},
    ],
)
def test_a_variant_is_an_agent_a_prompt_and_a_model(given: dict[str, str]) -> None:
    assert {name: value for name, value in given.items() if value} == Variant.of(given).to_event()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"agent": "my-agent/live"}, id="a name"),
        pytest.param({"agent": f"{HARNESS}/harness-endpoint/"}, id="an endpoint without a name"),
        pytest.param({"agent": f"{HARNESS}/../other"}, id="a path"),
        pytest.param({"agent": ["AGENT12345/ALIAS12345"]}, id="a list"),
        pytest.param({"prompt": "prompt.md"}, id="a file"),
        pytest.param({"prompt": SHA256[1:]}, id="a hash that is too short"),
        pytest.param({"prompt": f"{SHA256}\n"}, id="a line"),
        pytest.param({"model": "a model"}, id="words"),
        pytest.param({"model": "m" * 201}, id="a model that is too long"),
        pytest.param({"temperature": 0}, id="another field"),
        pytest.param("AGENT12345/ALIAS12345", id="text"),
    ],
)
def test_what_is_no_variant_is_refused(given: Any) -> None:
    with pytest.raises(SettingError, match=r"expected|not a field"):
        Variant.of(given)


@pytest.mark.parametrize(
    "shares",
    [("0.5", "0.5"), (0.5, 0.5), ("1/3", "1/3", "1/3"), ("0.1", "0.2", "0.7"), (".25", "3/4")],
)
def test_shares_add_up_to_one(shares: tuple[Any, ...]) -> None:
    assert sum(Experiment.of(with_shares(*shares), "writer").shares) == 1


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        (("0.5", "0.4"), "add up to 0.9, expected 1"),
        (("0.6", "0.6"), "add up to 1.2, expected 1"),
        (("0.333333", "0.333333", "0.333333"), "add up to 0.999999"),
        (("1", "0"), "share: expected"),
        (("1", "0.0"), "share: expected"),
        (("1.5", "-0.5"), "share: expected"),
        (("1e0", "0.5"), "share: expected"),
        (("nan", "0.5"), "share: expected"),
        (("1/0", "0.5"), "share: expected"),
        ((True, "0.5"), "share: expected"),
        ((None, "0.5"), "share: expected"),
        (("1",), "expected 2 to 8"),
        (("1/9",) * 9, "expected 2 to 8"),
    ],
)
def test_shares_that_do_not_are_refused(shares: tuple[Any, ...], why: str) -> None:
    with pytest.raises(SettingError, match=why):
        Experiment.of(with_shares(*shares), "writer")


@pytest.mark.parametrize("name", ["", "Short", "a b", "-a", "a-", "a" * 41, "a\n", "ä", 7, None])
def test_a_name_that_is_no_key_and_no_dimension_is_refused(name: Any) -> None:
    with pytest.raises(SettingError, match="an experiment's name: expected"):
        Experiment.of({**halves(), "name": name}, "writer")
    with pytest.raises(SettingError, match="a variant's name: expected"):
        Experiment.of(halves(name=name), "writer")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (halves(name="control"), "each name once"),
        (halves(agent="someone"), "agent: expected"),
        ({**halves(), "role": "reviser"}, "role: expected writer"),
        ({**halves(), "until": "May"}, "until: not a field"),
        ({"name": "shorter", "variants": "two"}, "variants: expected"),
        ({"name": "shorter", "variants": ["one", "two"]}, "a variant's name"),
        (["shorter"], "expected an object"),
    ],
)
def test_what_is_no_experiment_is_refused(given: Any, why: str) -> None:
    with pytest.raises(SettingError, match=why):
        Experiment.of(given, "writer")


# ---- who gets what -------------------------------------------------------------------------------


def test_shares_are_what_workflows_get() -> None:
    given = with_shares("0.2", "0.3", "0.5")

    counts = Counter(chosen(given, f"workflow-{number}") for number in range(20_000))

    got = [counts[f"v{place}"] / 20_000 for place in range(3)]
    assert got == pytest.approx([0.2, 0.3, 0.5], abs=0.015)  # four standard deviations


def test_a_workflow_gets_the_same_at_every_time() -> None:
    assert chosen(halves(), "lighthouses-1") == chosen(halves(), "lighthouses-1")


def test_one_experiment_says_nothing_of_another() -> None:
    one, other = halves(), {**halves(), "name": "longer"}

    ids = [f"workflow-{number}" for number in range(4_000)]
    agree = sum(chosen(one, each) == chosen(other, each) for each in ids)

    assert agree / 4_000 == pytest.approx(0.5, abs=0.04)


# ---- the cast ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ({"sk": "writer", "experiment": with_shares("0.5", "0.4")}, "add up to 0.9"),
        ({"sk": "writer", "experiment": "shorter"}, "expected an object"),
        ({"sk": "writer", "variant": {"agent": "someone"}}, "agent: expected"),
        ({"sk": "writer", "variant": 7}, "expected an object"),
        ({"sk": "editor"}, "role: expected"),
        ({}, "role: expected"),
    ],
)
def test_a_setting_that_cannot_be_used_is_ignored_and_told(
    setting: dict[str, Any], why: str, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    cast = Cast.of([setting, {"sk": "search", "variant": {"prompt": SHA256}}], "lighthouses-1")

    assert cast.variants == {"search": Variant(prompt=SHA256)}
    ((role, told),) = cast.ignored.items()
    assert role == str(setting.get("sk"))
    assert why in told
    (line,) = log_lines()
    assert (line["level"], why in line["message"]) == ("ERROR", True)


def register(workflows: Workflows, settings: Settings) -> dict[str, Any]:
    """Register the sample workflow; return its cast as the state machine gets it."""
    registered = app.register(EVENT["request"], EVENT["execution"], workflows, settings)
    cast: dict[str, Any] = registered["cast"]
    return cast


@pytest.fixture
def settings(workflows: Workflows) -> Settings:
    """Give what is set for roles: nothing."""
    return app.SETTINGS


def put(settings: Settings, role: str, **setting: Any) -> None:
    """Set something."""
    settings._write("put_item", Item={"pk": "ROLES", "sk": role, **setting})


def test_the_cast_is_in_the_record_and_in_the_experiment(
    workflows: Workflows, settings: Settings
) -> None:
    put(settings, "writer", experiment=halves(prompt=SHA256))
    put(settings, "reviser", variant={"agent": HARNESS})

    cast = register(workflows, settings)

    record = workflows.find("lighthouses-1")
    assert record is not None
    assert record["cast"] == cast
    assert cast["reviser"] == {"agent": HARNESS}
    assert (cast["writer"]["experiment"], sorted(cast)) == ("shorter", ["reviser", "writer"])
    (member,) = settings._under("EXPERIMENT#shorter")
    assert member == {
        "pk": "EXPERIMENT#shorter",
        "sk": "WORKFLOW#lighthouses-1",
        "workflow_id": "lighthouses-1",
        "role": "writer",
        "variant": cast["writer"]["name"],
        "at": EVENT["execution"]["started_at"],
    }


def test_registering_again_gives_what_was_decided_whatever_is_set_by_then(
    workflows: Workflows, settings: Settings, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    put(settings, "writer", experiment=halves(prompt=SHA256))
    first = register(workflows, settings)
    put(settings, "writer")
    put(settings, "search", variant={"prompt": SHA256})
    before = all_items()

    again = register(workflows, settings)

    assert (again, all_items()) == (first, before)


def test_a_membership_that_was_not_written_is_when_it_is_tried_again(
    workflows: Workflows, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "writer", experiment=halves(prompt=SHA256))
    with monkeypatch.context() as dying:
        dying.setattr(Settings, "note_membership", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            register(workflows, settings)

    register(workflows, settings)

    assert len(list(settings._under("EXPERIMENT#shorter"))) == 1


def test_without_settings_a_workflow_has_no_cast_and_is_in_no_experiment(
    workflows: Workflows, settings: Settings, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    assert register(workflows, settings) == {}

    (record,) = all_items()
    assert {"cast", "ignored"}.isdisjoint(record)


def test_registering_reads_the_settings_of_all_roles_at_once(
    workflows: Workflows, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    client: Any = settings._table.meta.client
    before = client._make_api_call

    def count(operation: str, *arguments: Any) -> Any:
        calls.append(operation)
        return before(operation, *arguments)

    monkeypatch.setattr(client, "_make_api_call", count)
    for role in ("search", "writer"):
        put(settings, role)
    calls.clear()

    register(workflows, settings)

    assert sorted(calls) == ["GetItem", "PutItem", "Query"]  # the tenant's are got


def test_who_plays_as_usual_is_empty() -> None:
    assert AS_USUAL.to_event() == {}
