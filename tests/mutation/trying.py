"""A plugin of pytest: instead of one run of all tests, one of the covering tests for each mutant.

All tests are collected once. Each mutant gets a process that is forked from that one, in which the
tests that cover its function run, the nearest and quickest first, until one fails. So one that is
killed takes a second or less.
"""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.utils.format_utils import mangled_name_from_mutant_name

LIMIT = 600
"""Seconds for one mutant: one that takes longer does not end."""
VERDICTS = {0: "lives", 1: "killed"}


def pytest_addoption(parser):
    parser.addoption("--to-try", help="a file with a list of mutants, as JSON")
    parser.addoption("--results", help="where to write a line of JSON for each of them")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Try each mutant, and run no test without one."""
    stats = json.loads(Path("mutmut-stats.json").read_text())
    tests = {each.nodeid: each for each in session.items}
    mutants = json.loads(Path(session.config.option.to_try).read_text())
    with Path(session.config.option.results).open("a") as results:
        for mutant in mutants:
            covering = [tests[name] for name in _covering(mutant, stats) if name in tests]
            verdict, test = _tried(mutant, covering) if covering else ("no tests", "")
            line = {"mutant": mutant, "verdict": verdict, "test": test}
            results.write(json.dumps(line) + "\n")
            results.flush()
    return True


def _covering(mutant: str, stats: dict) -> Iterator[str]:
    """Yield the tests that run a mutant's function, those of its own package first."""
    names = stats["tests_by_mangled_function_name"].get(mangled_name_from_mutant_name(mutant), [])
    seconds = stats["duration_by_test"]
    own = f"tests/{mutant.split('.')[1]}/"
    # A second more for what is far, so that a quick test of everything is before a slow one.
    yield from sorted(names, key=lambda name: seconds.get(name, 0) + (not name.startswith(own)))


def _tried(mutant: str, tests: list[pytest.Item]) -> tuple[str, str]:
    """Return the verdict on a mutant, and the test that failed."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        os.close(reader)
        _run(mutant, tests, writer)
    os.close(writer)
    with os.fdopen(reader) as said:
        test = said.read()
    _, status = os.waitpid(child, 0)
    return VERDICTS.get(os.waitstatus_to_exitcode(status), "killed"), test


def _run(mutant: str, tests: list[pytest.Item], writer: int) -> None:
    """Run tests until one fails, and end the process."""
    signal.alarm(LIMIT)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    set_mutant_under_test(mutant)
    failed: list[str] = []

    class Failures:
        def pytest_runtest_logreport(self, report):
            if report.failed:
                failed.append(report.nodeid)

    tests[0].config.pluginmanager.register(Failures())
    try:
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            if failed:
                os.write(writer, failed[0].encode())
                os._exit(1)
    except BaseException:  # noqa: BLE001 - whatever a mutant does, it is noticed
        os._exit(1)
    os._exit(0)
