"""From a bare Python to a running Opstap: make .venv, install the locked packages, go on inside it.

Uses the standard library only, since it runs before anything is installed. A start that finds
everything in place reads two small files and goes straight on.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "tests" / "peers"
OLDEST_PYTHON = (3, 11)

# What only runs needs the first file; what also judges needs the second, which holds the first as a whole.
RUN, DEVELOP = "requirements-run.txt", "requirements-dev.txt"

COMMANDS = {
    "demo": "two demo municipalities to click through, on this machine",
    "test": "every test, the ones in a real browser too; further words go to pytest",
    "check": "format, lint, types, templates, import contracts, translations",
    "serve": "the web server of a real installation",
    "work": "what runs beside it: messages, reminders, nightly work",
    "verify": "recompute from the raw rows what must always hold (--json)",
    "load": "synthetic data: load small, letter or national",
    "terms": "terms import FILE: dated agreements of municipalities",
    "people": "people import FILE: staff and participants",
    "employers": "employers import FILE: employers and their workplaces",
    "invite": "invite MUNICIPALITY-REFERENCE: a code with which the first admin comes in",
    "sign-on": "sign-on import FILE: providers for single sign-on; sign-on unlink REFERENCE: somebody may come in anew",
    "permissions": "who may do what, as a table",
    "backup": "backup FILE: everything in one file",
    "restore": "restore FILE: put such a file back into an empty installation",
}

CHECKS = (
    ("Format", ["-m", "ruff", "format", "--check", "--output-format=concise", "."]),
    ("Lint", ["-m", "ruff", "check", "--output-format=concise", "."]),
    ("Types", ["-m", "mypy", "webapp"]),
    ("Templates", ["-m", "djlint", "--lint", "--quiet", "webapp"]),
    (
        "Import contracts",
        ["-c", "from importlinter.cli import lint_imports_command as check; check()", "--no-logo"],
    ),
    ("Translations", ["-m", "webapp.foundation.texts", "check"]),
)

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_CHROMIUMS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class CannotStart(Exception):
    """Something outside the project is missing. The message is one line that says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Answer `python3 app.py ...`. Gives an exit code only when there is nothing to go on with."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    command, *rest = words
    if command not in COMMANDS:
        print(f"There is no command {command!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    try:
        refuse_old_python(sys.version_info[:2])
        python = prepare(ROOT, DEVELOP if command in ("test", "check") else RUN)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    if command == "check":
        return check(python)
    if command == "test":
        return test(python, rest)
    return go_on_as([str(python), "-P", "-m", "webapp.commands", command, *rest])


def usage() -> str:
    lines = [f"  {name:<12} {meaning}" for name, meaning in COMMANDS.items()]
    return "\n".join(["python3 app.py COMMAND", "", *lines])


def go_on_as(command: list[str]) -> int:
    """Become this command: its exit code is ours, and so are the signals it gets."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)


# The environment


def refuse_old_python(version: tuple[int, ...]) -> None:
    if version < OLDEST_PYTHON:
        this = ".".join(map(str, version[:2]))
        raise CannotStart(f"Opstap needs Python 3.11 or newer; this is {this}. Try: python3.11 app.py demo")


def prepare(root: Path, lock: str) -> Path:
    """The Python of .venv with everything in `lock` installed. Safe when two starts do this at once.

    While an install runs .venv does not count as made, so after one that was broken off it is made afresh.
    """
    environment = root / ".venv"
    if not is_ready(root, lock):
        with one_at_a_time(root):
            if not is_ready(root, lock):
                if not is_made(environment):
                    make_environment(environment)
                mark(environment).unlink(missing_ok=True)
                install(environment / "bin" / "python", root / lock)
                write_whole(stamp_file(environment, lock), stamp(root / lock))
                write_whole(mark(environment), python_version())
    return environment / "bin" / "python"


def is_made(environment: Path) -> bool:
    """Whether .venv was made to the end, for this version of Python, and its Python is still there."""
    return (environment / "bin" / "python").exists() and read(mark(environment)) == python_version()


def is_ready(root: Path, lock: str) -> bool:
    """Whether this lock file, or the one that holds it as a whole, is installed as it reads now."""
    environment = root / ".venv"
    if not is_made(environment):
        return False
    return any(read(stamp_file(environment, name)) == stamp(root / name) for name in (lock, DEVELOP))


def stamp(lock: Path) -> str:
    """What changes when an install must be done again: the locked packages and the version of Python."""
    return hashlib.sha256(python_version().encode() + lock.read_bytes()).hexdigest()


def stamp_file(environment: Path, lock: str) -> Path:
    return environment / f"installed-{lock}"


def mark(environment: Path) -> Path:
    """Names the Python that .venv was made for, once everything in it is whole."""
    return environment / "made-for"


def python_version() -> str:
    return f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}"


def make_environment(environment: Path) -> None:
    """Make .venv afresh, without pip: that comes only where there is no uv."""
    missing = [module for module in ("venv", "ensurepip") if importlib.util.find_spec(module) is None]
    if "venv" in missing or (missing and shutil.which("uv") is None):
        raise CannotStart(how_to_get_venv())
    import venv

    print("Making .venv ...", flush=True)
    venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(environment)


def how_to_get_venv() -> str:
    exact = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return f"This Python comes without venv. On Debian or Ubuntu: sudo apt install python3-venv (or {exact}), then try again."


def install(python: Path, lock: Path) -> None:
    """Install exactly the locked packages, each checked against its hash. With uv where it is, else with pip."""
    print(f"Installing {lock.name} ... (only at a first start, or after a change)", flush=True)
    locked = ["--require-hashes", "-r", str(lock)]
    uv = shutil.which("uv")
    if uv and run([uv, "pip", "install", "--quiet", "--python", str(python), *locked]):
        return
    if not has_pip(python) and not run([str(python), "-m", "ensurepip"], quiet=True):
        raise CannotStart(how_to_get_venv())
    if not run([str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", *locked]):
        raise CannotStart(f"{lock.name} could not be installed; the reason is above. Is there a network?")


def has_pip(python: Path) -> bool:
    return any(python.parent.parent.glob("lib/*/site-packages/pip/__main__.py"))


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for any other start in this folder. The lock is on the folder itself, so no file is left behind.

    What is started meanwhile holds the lock too: an installer whose start was killed is waited for as well.
    """
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    os.set_inheritable(handle, True)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is installing; waiting for it ...", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def run(command: list[str], *, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(command, stdout=output, stderr=output, cwd=ROOT, close_fds=False, check=False)
    return done.returncode == 0


def read(file: Path) -> str:
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""


def write_whole(file: Path, text: str) -> None:
    """Write a file at once: whoever reads it sees all of it or nothing."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_text(text)
    part.replace(file)


# Checks and tests


def check(python: Path) -> int:
    """Run every check, also after one failed, and say at the end which did. 1 if any did."""
    failed = []
    for title, command in CHECKS:
        print(f"-- {title}", flush=True)
        if not run([str(python), "-P", *command]):
            failed.append(title)
    print("-- Known weaknesses", flush=True)
    if not audit(python):
        failed.append("Known weaknesses")
    print(f"Failed: {', '.join(failed)}" if failed else f"All {len(CHECKS) + 1} checks passed.")
    return 1 if failed else 0


def audit(python: Path) -> bool:
    """Whether no locked package has a known weakness. Where the list of them cannot be reached, that is said loudly, and passes."""
    asked = ["-r", str(ROOT / RUN), "--require-hashes", "--disable-pip", "--progress-spinner=off", "--timeout=10", "--format=json"]
    done = subprocess.run([str(python), "-m", "pip_audit", *asked], capture_output=True, text=True, cwd=ROOT, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        packages = []
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        shout("The list of known weaknesses cannot be reached from here; the locked packages were not looked up.")
        return True
    weak = [f"{package['name']} {package['version']}: {weakness['id']}" for package in known for weakness in package["vulns"]]
    print("\n".join(weak) or f"None in {len(known)} packages.")
    return not weak


def test(python: Path, arguments: list[str]) -> int:
    """Fetch what the tests meet from outside, say loudly what is not there, and become pytest.

    A test that needs a browser or Node skips where there is none, and fails where CI=true.
    """
    browser = find_chromium()
    if browser:
        os.environ["OPSTAP_CHROMIUM"] = browser
    else:
        shout("No Chromium: browser tests cannot run. Debian: sudo apt install chromium. Or set OPSTAP_CHROMIUM")
    if not prepare_peers():
        shout("No Node with npm: tests against tests/peers cannot run. Debian: sudo apt install nodejs npm")
    os.chdir(ROOT)
    return go_on_as([str(python), "-P", "-m", "pytest", *arguments])


def find_chromium() -> str | None:
    """A Chromium or Chrome on this machine: the one named in OPSTAP_CHROMIUM, else the first that is found."""
    named = os.environ.get("OPSTAP_CHROMIUM", "")
    return next((found for found in map(shutil.which, (named, *CHROMIUMS, *MAC_CHROMIUMS)) if found), None)


def prepare_peers() -> bool:
    """Install the independent programs of tests/peers where that is still to be done. False: it cannot be done."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return False
    with one_at_a_time(PEERS):
        if peers_are_ready():
            return True
        print("Installing tests/peers ...", flush=True)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        return run([npm, "ci", "--prefix", str(PEERS), *quiet])


def peers_are_ready() -> bool:
    """Whether npm finished an install after the lock file was last written. npm writes its own list at the very end."""
    lock, installed = PEERS / "package-lock.json", PEERS / "node_modules" / ".package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


def shout(line: str) -> None:
    print(f"\n!!! {line}\n", file=sys.stderr, flush=True)
