"""Compiled contracts on disk: found again, never run when damaged, never in anybody's way."""

from __future__ import annotations

import os
import stat
import sys

import pytest

_CALL = """
import sys
fail_in_every_way(sandbox=Sandbox(cache_dir=sys.argv[1]))
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a" / "cache"


def _entries(folder):
    """What is stored, without the checksums beside it."""
    return sorted(file for file in (folder / "compiled").iterdir() if not file.suffix)


@pytest.mark.skipif(sys.platform == "win32", reason="the folder has the permissions of the user's profile above it there")
def test_it_is_for_this_user_alone(alone, folder):
    old = os.umask(0)
    try:
        alone(_CALL, str(folder))
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "compiled").stat().st_mode) == 0o700


def test_a_second_process_compiles_nothing(alone, folder):
    alone(_CALL, str(folder))
    (entry,) = _entries(folder)
    checksum = entry.with_suffix(".xxh3")  # written with each entry; an entry itself is touched where it is used
    before = checksum.stat()
    alone(_CALL, str(folder))
    assert _entries(folder) == [entry]
    after = checksum.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def _flip(entry):
    """Another machine instruction somewhere in the middle."""
    code = bytearray(entry.read_bytes())
    for at in range(len(code) // 4, len(code), 97):
        code[at] ^= 0xFF
    entry.write_bytes(code)


def _unsealed(entry):
    entry.with_suffix(".xxh3").unlink()


def _sealed_for_another(entry):
    entry.with_suffix(".xxh3").write_text("0" * 32)


def _emptied(entry):
    entry.write_bytes(b"")


def _shortened(entry):
    entry.write_bytes(entry.read_bytes()[:-100])


@pytest.mark.parametrize("damage", [_flip, _unsealed, _sealed_for_another, _emptied, _shortened])
def test_a_damaged_entry_is_compiled_again(alone, folder, damage):
    alone(_CALL, str(folder))
    (entry,) = _entries(folder)
    checksum = entry.with_suffix(".xxh3")
    good = entry.read_bytes(), checksum.read_text()
    damage(entry)
    alone(_CALL, str(folder))
    assert _entries(folder) == [entry]
    assert (entry.read_bytes(), checksum.read_text()) == good, "and stored again"


def test_a_contract_that_cannot_be_compiled_is_remembered_too(alone, folder):
    script = """
    import sys
    sandbox = Sandbox(cache_dir=sys.argv[1], code=b"no wasm at all")
    action = {"method_name": "fine", "args": "", "gas": 10**13, "deposit": "0"}
    for _ in range(2):
        status = sandbox.send({"FunctionCall": action})["status"]
        assert status["Failure"]["ActionError"]["kind"]["FunctionCallError"] == {
            "CompilationError": {"PrepareError": "Deserialization"}
        }, status
    """
    alone(script, str(folder))
    (entry,) = _entries(folder)
    entry.write_bytes(b"")
    alone(script, str(folder))
    assert entry.read_bytes() != b""


def test_a_folder_that_is_deleted_meanwhile_is_made_again(alone, folder):
    alone(
        """
        import pathlib, shutil, sys
        folder = pathlib.Path(sys.argv[1])
        sandbox = Sandbox(cache_dir=folder)
        fail_in_every_way(sandbox=sandbox)
        shutil.rmtree(folder)
        fail_in_every_way(sandbox=sandbox)  # loaded already
        sandbox.deploy(trap_contract("another"))
        fail_in_every_way(sandbox=sandbox)
        assert len([file for file in (folder / "compiled").iterdir() if not file.suffix]) == 1
        assert sys.platform == "win32" or (folder / "compiled").stat().st_mode & 0o777 == 0o700
        """,
        str(folder),
    )


def test_a_folder_that_becomes_a_file_costs_time_only(alone, folder):
    alone(
        """
        import pathlib, shutil, sys
        folder = pathlib.Path(sys.argv[1])
        sandbox = Sandbox(cache_dir=folder)
        shutil.rmtree(folder)
        folder.write_text("in the way")
        sandbox.deploy(trap_contract("another"))
        fail_in_every_way(sandbox=sandbox)
        """,
        str(folder),
    )


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(alone, folder):
    alone(
        """
        import pathlib, sys
        folder = pathlib.Path(sys.argv[1])
        folder.parent.mkdir()
        folder.write_text("in the way")
        try:
            Sandbox(cache_dir=folder)
        except engine.EngineError as error:
            assert str(folder) in str(error) and not isinstance(error, engine.EnginePanic), error
        else:
            raise AssertionError("no error")
        """,
        str(folder),
    )


def test_several_processes_on_one_cold_folder(alone, folder):
    alone(
        """
        import multiprocessing, sys
        def work(number):
            for salt in range(4):
                fail_in_every_way(sandbox=Sandbox(salt=str(salt), cache_dir=sys.argv[1]))
        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(4) as pool:
                pool.map(work, range(4))
        """,
        str(folder),
        timeout=90,
    )
    assert len(_entries(folder)) == 4
    assert not list((folder / "compiled").glob("*.temp"))


def test_without_a_folder_nothing_is_left_behind(alone, tmp_path, monkeypatch):
    for name in ("TMPDIR", "TMP", "TEMP"):  # Unix has the first, Windows the others
        monkeypatch.setenv(name, str(tmp_path))
    alone("fail_in_every_way(); fail_in_every_way(salt='another')")
    (folder,) = tmp_path.glob("near-harness*")
    assert list((folder / "compiled").iterdir()) == []


def test_a_second_chain_of_a_process_finds_contracts_loaded(alone, folder):
    """What one chain has loaded, the next need not read: without the folder it still runs."""
    alone(
        """
        import pathlib, sys, time
        folder = pathlib.Path(sys.argv[1])
        code = trap_contract()
        def first_call():
            sandbox = Sandbox(cache_dir=folder)
            for entry in (folder / "compiled").iterdir():
                entry.unlink()
            assert sandbox.call("fine") is None
            return len(list((folder / "compiled").iterdir()))
        assert first_call() > 0, "compiled and stored"
        assert first_call() == 0, "neither compiled nor stored"
        """,
        str(folder),
    )
