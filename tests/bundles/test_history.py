"""The path of steps to where a chain is: what it holds, what it leaves out, and where it ends after going back."""

from __future__ import annotations

import pytest

from near_harness.bundles import history as module
from near_harness.bundles.history import History


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 4)
    monkeypatch.setattr(module, "_MOST_WITH_VIEWS", 2)


def kinds(history: History) -> list[str]:
    return [] if history.newest is None else [step.kind for step in history.newest.path()][::-1]


def test_a_path_leaves_out_views_first_and_counts_what_does_not_fit() -> None:
    history = History()
    for kind in ("patch", "view", "view", "patch", "patch", "view", "patch", "patch"):
        history.note(kind)
    assert kinds(history) == ["patch", "view", "patch", "patch"]
    assert history.left_out == 2  # of the steps that do something; views are not missed


def test_what_did_not_fit_is_forgotten_with_what_is_gone_back_from() -> None:
    history = History()
    history.note("patch")
    moment = history.newest
    for _ in range(6):
        history.note("patch")
    assert history.left_out == 3
    history.go_back(moment)
    assert (kinds(history), history.left_out) == (["patch"], 0)


@pytest.mark.parametrize("how", ["itself", "cause", "context", "group", "another"])
def test_the_newest_step_at_a_failure_is_that_of_its_error(how: str) -> None:
    history = History()
    history.watched = True
    history.note("patch")
    moment = history.newest
    error = ValueError("it failed")
    try:
        history.note("patch")
        raise error
    except ValueError:
        history.go_back(moment)
    shown = {"itself": error, "another": ValueError("it failed")}.get(how) or Exception(how)
    if how == "cause":
        shown.__cause__ = error
    elif how == "context":
        shown.__context__ = error
    elif how == "group":
        shown.exceptions = (error,)  # type: ignore[attr-defined]  # as an ExceptionGroup has, from Python 3.11 on
    found = history.at_failure(shown)
    assert found is not None
    assert found.number == (1 if how == "another" else 2)
    assert history.at_failure(shown) is moment  # asked once
