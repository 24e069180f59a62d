"""Galley's engine alone, one run for each line on standard input, its seconds as JSON."""

import json
import sys

from bench.galley import EngineAlone


def main() -> None:
    """Run as often as somebody asks."""
    engine = EngineAlone()
    for _ in sys.stdin:
        print(json.dumps({"seconds": engine.run().seconds}), flush=True)
    engine.close()


if __name__ == "__main__":
    main()
