"""The `galley` command as a user types it: exit codes, messages, one JSON object."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest

REQUEST = Path(__file__).parents[2] / "events" / "research.json"
NOWHERE = "http://127.0.0.1:9"
TOPIC = "How lighthouses made their lights seen farther"


def galley(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of the test's own."""
    command = [sys.executable, "-m", "galley_cli.main", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=90, check=False)


def test_a_published_report_is_put_into_the_folder(tmp_path: Path) -> None:
    done = galley("run", TOPIC, "--approve", "--json", "--tenant", "press", cwd=tmp_path)

    result = json.loads(done.stdout)
    report = tmp_path / result["report"]
    assert done.returncode == 0
    assert list(result) == [
        "workflow_id",
        "status",
        "tenant",
        "topic",
        "rounds",
        "sources",
        "gaps",
        "report",
        "cost_usd",
        "partial",
        "transitions",
        "seconds",
        "error",
        "faults",
        "denied",
    ]
    assert result["status"] == "PUBLISHED"
    assert result["error"] is None
    assert 0.05 < result["cost_usd"] < 0.5
    assert report.read_text().startswith(f"# {TOPIC}")
    assert (report.parent / "report.html").read_text().startswith("<!doctype html>")


def test_a_budget_ends_a_run_as_it_is_asked_to(tmp_path: Path) -> None:
    small = ("--budget", "0.02", "--at-budget", "fail")

    done = galley("run", TOPIC, "--approve", "--json", *small, cwd=tmp_path)

    result = json.loads(done.stdout)
    assert (done.returncode, result["error"]["name"]) == (1, "BudgetExceededError")
    assert "the workflow's budget of $0.02 is reached" in result["error"]["message"]


@pytest.mark.parametrize("backend", ["harness", "bedrock-agents"])
def test_the_agents_run_on_the_backend_that_is_asked_for(tmp_path: Path, backend: str) -> None:
    done = galley("run", TOPIC, "--approve", "--json", "--backend", backend, cwd=tmp_path)

    evidence = tmp_path / json.loads(done.stdout)["report"]
    bundle = json.loads((evidence.parent / "evidence.json").read_text("utf-8"))
    assert {call["backend"] for call in bundle["calls"]} == {backend}


def test_a_reviewer_who_signs_in_can_be_played_too(tmp_path: Path) -> None:
    done = galley("run", TOPIC, "--approve", "--sign-in", "--json", cwd=tmp_path)

    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "PUBLISHED"


def test_what_goes_wrong_on_wish_is_counted_and_survived(tmp_path: Path) -> None:
    faults = {
        "kill-after@publish.PutObject": 1,
        "error@approval_api.UpdateItem*3": 3,
        "late@request_approval": 1,
        "empty@writer_agent#9": 0,
    }
    wishes = [word for fault in faults for word in ("--fault", fault)]

    done = galley("run", TOPIC, "--approve", "--json", *wishes, cwd=tmp_path)

    result = json.loads(done.stdout)
    assert (done.returncode, result["status"]) == (0, "PUBLISHED")
    assert result["faults"] == faults


def test_a_fault_of_nobody_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    done = galley("run", TOPIC, "--approve", "--fault", "twice@nobody", cwd=tmp_path)

    assert done.returncode == 2
    assert "'nobody' is none of approval_api, " in done.stderr
    assert not (tmp_path / "reports").exists() or not any((tmp_path / "reports").iterdir())


def test_an_unpublished_draft_is_not_lost(tmp_path: Path) -> None:
    rejections = [word for _ in range(4) for word in ("--reject", "More on lenses.")]

    done = galley("run", TOPIC, *rejections, "--json", cwd=tmp_path)

    result = json.loads(done.stdout)
    folder = tmp_path / "reports" / result["workflow_id"]
    assert done.returncode == 1
    assert result["error"]["name"] == "RevisionLimitError"
    assert result["report"] is None
    assert (folder / "draft-4.md").read_text().startswith("# ")
    assert (folder / "logs").is_dir()


def test_unreadable_files_are_named_and_left_out(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "picture.png").write_bytes(b"\x89PNG\x00\x01")
    (corpus / "noise.txt").write_bytes(bytes(range(256)) * 9)
    (corpus / "empty.md").write_bytes(b"")
    latin = "# Phares\n\nThe lighthouse of Sèvres-en-Mer was lit in 1811 with whale oil lamps.\n"
    (corpus / "latin.txt").write_bytes(latin.encode("latin-1"))
    (corpus / "tower.md").write_text(
        "# Towers\n\nThe lighthouse tower of Sandport was raised in 1840 by nine metres.\n"
    )

    done = galley("run", "lighthouse", "--corpus", str(corpus), "--approve", cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    for name in ("picture.png", "noise.txt", "empty.md"):
        assert f"not read: {name}" in done.stdout
    report = next(tmp_path.glob("reports/*/report.md")).read_text()
    assert "Sèvres-en-Mer" in report


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("The taxation of medieval wool exports", id="another topic"),
        pytest.param("Как маяки стали видны дальше?", id="another language"),
    ],
)
def test_a_corpus_with_nothing_on_the_topic_says_what_to_do(tmp_path: Path, topic: str) -> None:
    done = galley("run", topic, "--approve", cwd=tmp_path)

    assert done.returncode == 1
    assert "TooFewSourcesError" in done.stdout
    assert "Add documents on the topic" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([""], "topic: expected", id="empty topic"),
        pytest.param(["?!"], "topic: expected", id="no letters"),
        pytest.param(["x" * 10_000], "at most 500", id="10,000 characters"),
        pytest.param([TOPIC, "--corpus", "nowhere"], "is not a folder", id="missing corpus"),
        pytest.param([TOPIC, "--corpus", "void"], "no document", id="empty corpus"),
        pytest.param([TOPIC, "--corpus", "binary"], "a.txt: binary", id="binary corpus"),
        pytest.param([TOPIC, "--tenant", "a/b"], "tenant: expected", id="tenant with slash"),
        pytest.param([TOPIC, "--tenant", "a.b"], "tenant: expected", id="tenant with dot"),
        pytest.param([TOPIC, "--tenant", ".."], "tenant: expected", id="tenant of dots"),
        pytest.param([TOPIC, "--max-sources", "0"], "from 1 to 40", id="no sources"),
        pytest.param([TOPIC, "--max-sources", "many"], "valid integer", id="not a number"),
        pytest.param([TOPIC, "--reject", " "], "needs a comment", id="empty rejection"),
        pytest.param([TOPIC, "--workflow-id", "taken"], "has run", id="id of another workflow"),
        pytest.param([TOPIC, "--workflow-id", "a/../b"], "workflow_id", id="id with slashes"),
        pytest.param([TOPIC, "--reviewer", "nobody"], "reviewers: expected", id="no address"),
        pytest.param([TOPIC, "--out", "binary/a.txt"], "cannot be written", id="out is a file"),
        pytest.param([TOPIC, "--fault", "boom@publish"], "none of kill", id="unknown fault"),
        pytest.param([TOPIC, "--backend", "strands"], "bedrock-agents", id="unknown backend"),
        pytest.param([TOPIC, "--unknown"], "--unknown", id="unknown option"),
        pytest.param([], "TOPIC", id="no topic"),
    ],
)
def test_bad_input_is_refused_at_once(tmp_path: Path, arguments: list[str], expected: str) -> None:
    (tmp_path / "void").mkdir()
    (tmp_path / "binary").mkdir()
    (tmp_path / "binary" / "a.txt").write_bytes(b"\x00\x01" * 100)
    (tmp_path / "reports" / "taken").mkdir(parents=True)

    done = galley("run", *arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["taken"]


def test_up_says_what_to_do_about_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = galley("up", "--port", str(port), cwd=tmp_path)

    assert done.returncode == 2
    assert f"port {port} cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stacks be announced in a folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return a `galley up` of the test's own."""
    command = [sys.executable, "-m", "galley_cli.main", "up", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_other_commands_find_the_stack_that_runs_and_say_when_it_is_gone(
    running: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert running.stdout is not None
    url = running.stdout.readline().split()[1]
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("state/galley/stacks/*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)

    found = galley("list", cwd=tmp_path)
    running.kill()  # which leaves its file
    running.wait()
    gone = galley("list", cwd=tmp_path)
    none = galley("list", cwd=tmp_path)

    assert (found.returncode, found.stdout) == (
        0,
        "No such workflow. `galley start TOPIC` starts one.\n",
    )
    assert gone.returncode == none.returncode == 2
    assert f"no laptop stack runs; {url} (process {running.pid}, since " in gone.stderr
    assert none.stderr.startswith("error: no laptop stack runs: start one with `galley up`")


def test_up_serves_until_it_is_told_to_end(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    outputs = dict(running.stdout.readline().split() for _ in range(6))
    step_functions = boto3.client(
        "stepfunctions",
        endpoint_url=outputs["Endpoint"],
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    execution = step_functions.start_execution(
        stateMachineArn=outputs["StateMachineArn"], name="mine", input=REQUEST.read_text()
    )

    mail = ""
    deadline = time.monotonic() + 60
    while "/approvals/lighthouses-1/1?expires=" not in mail and time.monotonic() < deadline:
        with urlopen(outputs["Mail"]) as response:
            mail = response.read().decode("utf-8")
        time.sleep(0.1)
    status = step_functions.describe_execution(executionArn=execution["executionArn"])
    running.send_signal(signal.SIGTERM)

    assert "/approvals/lighthouses-1/1?expires=" in mail
    assert status["status"] == "RUNNING"
    assert running.wait(10) == 0


def test_an_interrupt_ends_everything_without_a_trace(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "galley_cli.main", "run", TOPIC]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "waits for you" in line:
                break
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        said += process.stdout.read()

    assert process.returncode == 130
    assert "Traceback" not in said
    assert "nothing was published" in said
    assert list((tmp_path / "reports").iterdir()) == []


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"HTTP_PROXY": NOWHERE, "http_proxy": NOWHERE}, id="proxy"),
        pytest.param({"AWS_PROFILE": "nobody", "AWS_CONFIG_FILE": "/dev/full"}, id="AWS settings"),
    ],
)
def test_the_settings_of_the_machine_do_not_matter(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "galley_cli.main", "run", TOPIC, "--approve"]

    settings = os.environ | environment
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env=settings
    )

    assert done.returncode == 0, done.stderr


def test_a_link_in_a_topic_is_not_followed(tmp_path: Path) -> None:
    done = galley("run", f"{TOPIC} {NOWHERE}/a", "--approve", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
