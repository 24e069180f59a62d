"""`sam deploy --guided`: with every default taken it comes as far as AWS, and asks no more."""

import os
import subprocess

from tests.container.conftest import FOLDER
from tests.container.sam import Sam

LONGEST_SECONDS = 120
NOWHERE = "http://127.0.0.1:9"  # where AWS would be


def test_defaults_are_enough(sam: Sam) -> None:
    done = subprocess.run(
        ["sam", "deploy", "--guided", "--template", str(FOLDER / "build" / "template.yaml")],
        input=100 * "\n",
        env={
            **os.environ,
            "AWS_ENDPOINT_URL": NOWHERE,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_MAX_ATTEMPTS": "1",
            "__SAM_CLI_APP_DIR": str(sam.folder / "settings"),
        },
        cwd=sam.folder,  # where it keeps the answers
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )

    assert "Looking for resources needed for deployment" in done.stdout, done.stdout + done.stderr
    assert "no authentication" not in done.stdout
    assert NOWHERE in done.stdout + done.stderr
