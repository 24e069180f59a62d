"""The same workflow on other engines, each run by the interpreter of `.tools/bench`."""
