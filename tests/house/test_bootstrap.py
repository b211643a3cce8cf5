"""From a bare Python to a running Opstap, and the lock files that make it the same everywhere."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import resource
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest

from webapp import bootstrap
from webapp.bootstrap import DEVELOP, ROOT, RUN, CannotStart

LOCKS = [RUN, DEVELOP]
START = "import sys, pathlib; from webapp import bootstrap as b; b.prepare(pathlib.Path(sys.argv[1]), b.RUN)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with lock files that lock nothing, and a `uv` that is done at once: no network, no waiting."""
    tools = tmp_path / "tools"
    tools.mkdir()
    say_how_uv_goes(tmp_path, "true")
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    for lock in LOCKS:
        (tmp_path / lock).write_text("")
    return tmp_path


def say_how_uv_goes(folder: Path, script: str) -> None:
    """Put a stand-in for uv in place: a new file, since a shell that runs the old one is still reading it."""
    new = folder / "new-uv"
    new.write_text(f"#!/bin/sh\n{script}\n")
    new.chmod(0o755)
    new.replace(folder / "tools/uv")


def locked(lock: str) -> dict[str, str]:
    """Each package in the lock file, with everything that belongs to it: version, condition, hashes."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return {re.split(r"[=\[ ]", line)[0]: " ".join(line.split()) for line in text.splitlines() if line.strip()}


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=; ]", line)[0].lower() for line in requirements}


# The lock files


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_host_and_no_folder(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert re.findall(r"://|@ |^-|^\.|^/|index-url|find-links|file:", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_a_hash(lock: str) -> None:
    loose = [name for name, line in locked(lock).items() if not re.search(r"==\S+.* --hash=sha256:[0-9a-f]{64}", line)]

    assert loose == []


def test_the_lock_file_of_the_tests_holds_that_of_the_product_as_a_whole() -> None:
    develop = locked(DEVELOP)

    assert {name for name, line in locked(RUN).items() if develop.get(name) != line} == set()


def test_every_package_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert named(project["project"]["dependencies"]) - set(locked(RUN)) == set()
    assert named(project["dependency-groups"]["dev"]) - set(locked(DEVELOP)) == set()


def test_the_lock_file_of_the_peers_names_no_registry() -> None:
    packages = json.loads((ROOT / "tests/peers/package-lock.json").read_text())["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


# The start


def test_the_start_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "webapp/bootstrap.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in imported} - sys.stdlib_module_names == set()


def test_the_start_can_be_imported_where_nothing_is_installed() -> None:
    bare = subprocess.run(
        [sys.executable, "-S", "-c", "import webapp.bootstrap"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (bare.returncode, bare.stderr) == (0, "")


def test_an_old_python_is_refused_with_the_version_it_needs() -> None:
    with pytest.raises(CannotStart, match=r"needs Python 3\.11 or newer; this is 3\.9\."):
        bootstrap.refuse_old_python((3, 9))

    bootstrap.refuse_old_python((3, 11))


def test_an_unknown_command_is_refused_before_anything_is_installed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bootstrap.main(["dmeo"]) == 2
    assert "There is no command 'dmeo'" in capsys.readouterr().err


def test_without_a_command_it_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main([]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()[2:]} == set(bootstrap.COMMANDS)


def test_a_python_without_venv_is_told_which_package_brings_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: None)

    with pytest.raises(CannotStart, match=r"sudo apt install python3-venv \(or python3\.\d+-venv\)"):
        bootstrap.prepare(folder, RUN)

    assert not (folder / ".venv").exists()


# What is installed is not installed again


def installs(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lock files that were installed since this was last asked."""
    return re.findall(r"^Installing (\S+)", capsys.readouterr().out, re.MULTILINE)


@pytest.fixture
def installed(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project whose first start is done."""
    bootstrap.prepare(folder, RUN)
    assert installs(capsys) == [RUN]
    return folder


def test_a_second_start_installs_nothing(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    python = bootstrap.prepare(installed, RUN)

    assert installs(capsys) == []
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0


def test_a_changed_lock_file_is_installed_at_the_next_start(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (installed / RUN).write_text("# changed\n")

    bootstrap.prepare(installed, RUN)

    assert installs(capsys) == [RUN]


def test_what_the_tests_need_holds_what_the_product_needs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.prepare(folder, DEVELOP)
    bootstrap.prepare(folder, RUN)

    assert installs(capsys) == [DEVELOP]


def test_the_tests_need_more_than_the_product(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.prepare(installed, DEVELOP)

    assert installs(capsys) == [DEVELOP]


def test_an_install_that_fails_is_done_again_at_the_next_start(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / RUN).write_text("this is no lock file ==\n")
    with monkeypatch.context() as without_uv:
        without_uv.setenv("PATH", "")
        with pytest.raises(CannotStart, match="could not be installed"):
            bootstrap.prepare(folder, RUN)
    (folder / RUN).write_text("")

    bootstrap.prepare(folder, RUN)

    assert installs(capsys) == [RUN, RUN]


def test_an_install_that_was_broken_off_begins_again_from_nothing(installed: Path) -> None:
    (installed / RUN).write_text("# changed\n")
    say_how_uv_goes(installed, f"touch '{installed}/.venv/half'\nkill -9 $PPID")
    killed = subprocess.run([sys.executable, "-c", START, installed], cwd=ROOT, check=False)
    assert (killed.returncode, (installed / ".venv/half").exists()) == (-9, True)
    say_how_uv_goes(installed, "true")

    bootstrap.prepare(installed, RUN)

    assert not (installed / ".venv/half").exists()


def test_an_environment_whose_python_is_gone_is_made_afresh(installed: Path) -> None:
    (installed / ".venv/bin/python").unlink()

    assert bootstrap.prepare(installed, RUN).exists()


def test_a_start_waits_for_the_installer_of_a_start_that_was_killed(folder: Path) -> None:
    say_how_uv_goes(folder, f"kill -9 $PPID\nsleep 1\ntouch '{folder}/whole'")
    subprocess.run([sys.executable, "-c", START, folder], cwd=ROOT, check=False)
    say_how_uv_goes(folder, f"test -e '{folder}/whole' && touch '{folder}/waited'")

    bootstrap.prepare(folder, RUN)

    assert (folder / "waited").exists()


def test_an_environment_of_another_python_is_made_afresh(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (installed / ".venv/made-for").write_text("cpython 3.10")

    bootstrap.prepare(installed, RUN)

    assert installs(capsys) == [RUN]


def test_of_two_starts_at_once_the_second_waits_and_installs_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starts = [threading.Thread(target=bootstrap.prepare, args=(folder, RUN)) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join(60)

    assert installs(capsys) == [RUN]


def test_a_start_that_finds_everything_costs_less_than_three_tenths_of_a_second(installed: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ready = subprocess.run([sys.executable, "-S", "-c", START, installed], cwd=ROOT, check=False)

    assert ready.returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3  # of the processor: others may be busy


# What the tests meet from outside


def test_the_chromium_somebody_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "my-chromium"
    mine.touch(mode=0o755)
    monkeypatch.setenv("OPSTAP_CHROMIUM", str(mine))

    assert bootstrap.find_chromium() == str(mine)


def test_without_any_chromium_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("OPSTAP_CHROMIUM", raising=False)
    monkeypatch.setattr(bootstrap, "MAC_CHROMIUMS", ())

    assert bootstrap.find_chromium() is None
