"""Wasmtime's signal handlers, and those who take them away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "taken",
    [
        "faulthandler.enable()",
        "faulthandler.enable(); faulthandler.disable()",
        "faulthandler.enable(); faulthandler.disable(); faulthandler.enable()",
        "[signal.signal(number, signal.SIG_DFL) for number in (signal.SIGSEGV, signal.SIGILL, signal.SIGFPE)]",
    ],
)
@pytest.mark.parametrize("options", [(), ("-X", "faulthandler")])
def test_handlers_are_put_back(alone, taken, options):
    alone(
        f"""
        import faulthandler, signal
        sandbox = Sandbox()
        fail_in_every_way(sandbox=sandbox)
        {taken}
        fail_in_every_way(sandbox=sandbox)
        faulthandler.disable()
        fail_in_every_way(sandbox=sandbox)
        fail_in_every_way(salt="another")
        """,
        options=options,
    )


def test_faulthandler_before_the_first_engine(alone):
    alone("fail_in_every_way()", before="import faulthandler; faulthandler.enable()\n")


def test_a_real_crash_is_still_reported_by_faulthandler(alone):
    """Faults that are not a contract's go to who was there before the engine."""
    alone(
        """
        import os, subprocess, sys
        crash = '''
        import faulthandler; faulthandler.enable()
        from trap_runs import fail_in_every_way
        fail_in_every_way()
        faulthandler._read_null()
        '''
        import textwrap
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(crash)], capture_output=True, text=True)
        if sys.platform == "win32":
            assert done.returncode == 0xC0000005, done
            assert "access violation" in done.stderr, done
        else:
            assert done.returncode < 0, done
            assert "Segmentation fault" in done.stderr, done
        """
    )


def test_pytest_inside_a_process_that_goes_on(alone):
    """The inner runs switch faulthandler on at their start and off at their end."""
    alone(
        """
        import pathlib, pytest
        pathlib.Path("test_inner.py").write_text(
            "from trap_runs import fail_in_every_way\\n"
            "def test_inner(): fail_in_every_way()\\n"
        )
        pathlib.Path("pytest.ini").write_text("[pytest]\\n")  # none above is taken
        fail_in_every_way(salt="outside")
        for _ in range(2):
            assert pytest.main(["-q", "-p", "no:cacheprovider", "-c", "pytest.ini", "test_inner.py"]) == 0
            fail_in_every_way(salt="outside")
        """
    )


def test_an_in_process_pytester_run(pytester, monkeypatch):
    """The same as plugin authors have it: pytest inside a test, then the test itself goes on."""
    pytester.makeconftest("pytest_plugins = ['pytester']")
    pytester.makepyfile(
        """
        from trap_runs import fail_in_every_way

        def test_outer(pytester):
            fail_in_every_way()
            pytester.makepyfile("from trap_runs import fail_in_every_way\\ndef test_inner(): fail_in_every_way()")
            pytester.runpytest_inprocess().assert_outcomes(passed=1)
            fail_in_every_way()
            fail_in_every_way(salt="new")
        """
    )
    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(here), str(here.parent)]))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=60)
    result.assert_outcomes(passed=1)
