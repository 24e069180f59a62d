"""moto is lean whatever of it was imported before."""

import subprocess
import sys


def test_it_may_come_after_other_parts_of_moto() -> None:
    before = "from galley_local.step_functions import interpreter"
    read = "from moto.cloudformation.models import Stack; print(Stack.parse_template.__module__)"
    code = f"{before}; from galley_local import lean_moto; {read}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "json"
