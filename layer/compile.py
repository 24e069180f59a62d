"""
Compiles the built layer for the Python that runs this: its pages, then all of it to bytecode.

Lambda can keep none, so every cold start would do it again. The bytecode is taken as it is: nobody
changes its source there. It names the layer's place on Lambda and none of this machine's.
"""

import sys
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode

sys.dont_write_bytecode = True  # of what is imported here: it would name this machine's folders
built = Path(sys.argv[1])
sys.path.insert(0, str(built / "python"))

from galley.pages import COMPILED, ENVIRONMENT, TEMPLATES  # noqa: E402  # the built ones
from jinja2 import FileSystemLoader  # noqa: E402

ENVIRONMENT.overlay(loader=FileSystemLoader(TEMPLATES)).compile_templates(
    COMPILED, extensions=["html", "txt"], zip=None
)
is_compiled = compile_dir(
    built / "python",
    quiet=1,
    stripdir=built,
    prependdir="/opt",
    invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
)
sys.exit(not is_compiled)
