"""What an operator runs: `python3 app.py demo | serve | work | verify | load | terms | …`. Each command calls one action."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from webapp.foundation.settings import Refused, Settings, load

ROOT = Path(__file__).parents[1]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def open_database(settings: Settings, *, migrate: bool = False) -> Any:
    """The database of these settings, migrated first when asked."""
    from webapp.foundation.database import Database, make_engine
    from webapp.foundation.migrating import upgrade

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    if migrate:
        upgrade(engine)
    return Database(engine)


def demo(arguments: argparse.Namespace) -> int:
    """Migrate, fill an empty database with the demo municipalities, serve and work; prints the address when ready."""
    os.environ["OPSTAP_DEMO"] = "1"
    settings = load()
    database = open_database(settings, migrate=True)
    if is_empty(database):
        from webapp.demo import fill

        fill(database, settings)
    database.engine.dispose()
    return run_together(settings, workers=1)


def is_empty(database: Any) -> bool:
    """Whether nothing was ever filled in, asked without loading the application."""
    from sqlalchemy import text

    with database.reading.connect() as connection:
        return connection.execute(text("SELECT 1 FROM municipality LIMIT 1")).first() is None


def serve(arguments: argparse.Namespace) -> int:
    """Serve the pages; the database is migrated first."""
    settings = load()
    engine = open_database(settings, migrate=True).engine
    refuse_a_role_above_the_policies(engine)
    engine.dispose()
    os.execv(sys.executable, server_command(settings, settings.workers))


def refuse_a_role_above_the_policies(engine: Any) -> None:
    """Raises Refused where row-level security would not hold for this installation."""
    from webapp.foundation.tenancy import ignores_policies

    if ignores_policies(engine):
        raise Refused(
            "This PostgreSQL role passes over row-level security; give Opstap one of its own: CREATE ROLE opstap LOGIN NOSUPERUSER NOBYPASSRLS, owner of its database."
        )


def server_command(settings: Settings, workers: int) -> list[str]:
    """Granian with one blocking thread per worker: pages are CPU-bound, and this was measured fastest (DECISIONS.md 4)."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", settings.host, "--port", str(settings.port), "--workers", str(workers),
        "--blocking-threads", "1", "--no-ws", "--http", "1", "--log-level", "warning", "app:app",
    ]  # fmt: skip


def run_together(settings: Settings, workers: int) -> int:
    """Server and worker side by side until one of them ends or somebody presses Ctrl-C."""
    server = subprocess.Popen(server_command(settings, workers), cwd=ROOT)
    worker = subprocess.Popen([sys.executable, "-m", "webapp.commands", "work"], cwd=ROOT)
    both = (server, worker)

    def stop(*_: object) -> None:
        for process in both:
            if process.poll() is None:
                process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if wait_until_ready(settings, server):
        say(f"Ready: {settings.url}")
    while all(process.poll() is None for process in both):
        time.sleep(0.2)
    stop()
    return max(abs(process.wait()) for process in both) and 1 if server.returncode not in (0, -signal.SIGTERM) else 0


def wait_until_ready(settings: Settings, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers within a minute."""
    address = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{settings.port}/healthz"  # noqa: S104 - compared, not bound
    for _ in range(600):
        if server.poll() is not None:
            return False
        try:
            urllib.request.urlopen(address, timeout=2)
            return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def work(arguments: argparse.Namespace) -> int:
    """Carry messages and do what the clock asks: close offers, remind, end placements."""
    from webapp.access.clockwork import CLOCKWORK as GETTING_IN
    from webapp.notifications.worker import run_worker
    from webapp.reports.clockwork import CLOCKWORK as REPORTS
    from webapp.watch import CLOCKWORK

    settings = load()
    engine = open_database(settings).engine
    refuse_a_role_above_the_policies(engine)
    engine.dispose()
    run_worker(settings, (*CLOCKWORK, *GETTING_IN, *REPORTS))
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Recompute what must always hold from the raw rows; 1 when something does not."""
    from webapp.verify import faults

    settings = load_for_shell()
    database = open_database(settings)
    found = faults(database)
    if arguments.json:
        say(json.dumps([fault._asdict() for fault in found], default=str))
    else:
        for fault in found:
            say(f"{fault.rule}: {fault.table} {fault.row}: {fault.what}")
        say("verify: everything holds" if not found else f"verify: {len(found)} faults")
    return 1 if found else 0


def load_for_shell() -> Settings:
    """Settings for a command at the shell: on a machine without secrets it looks at the demo's database."""
    if not os.environ.get("OPSTAP_SECRET_KEY") and not os.environ.get("OPSTAP_SECRET_KEY_FILE"):
        os.environ.setdefault("OPSTAP_DEMO", "1")
    return load()


def terms(arguments: argparse.Namespace) -> int:
    """Import published regulations; nothing is dropped in silence."""
    from webapp.foundation.clock import now
    from webapp.terms.actions import CannotExpress, import_regulations

    database = open_database(load_for_shell(), migrate=True)
    try:
        with database.transaction() as db:
            report = import_regulations(db, json.loads(Path(arguments.file).read_text()), now())
    except CannotExpress as refused:
        say(f"terms: nothing imported: {refused}")
        return 1
    say(f"terms: {report}")
    return 0


def people(arguments: argparse.Namespace) -> int:
    """Bring in people from a CSV file: all of it or nothing."""
    from webapp.foundation.clock import day_of, now
    from webapp.people.imports import import_people

    return bring_in(arguments.file, lambda db, lines: import_people(db, lines, now=now(), today=day_of(now())), "people")


def employers(arguments: argparse.Namespace) -> int:
    """Bring in employers and their establishments from a CSV file: all of it or nothing."""
    from webapp.foundation.clock import now
    from webapp.people.imports import import_employers

    return bring_in(arguments.file, lambda db, lines: import_employers(db, lines, now=now()), "employers")


def bring_in(file: str, take: Callable[[Any, list[str]], int], what: str) -> int:
    """Import a file in one transaction and say what came of it."""
    from webapp.people.imports import NotImported

    database = open_database(load_for_shell(), migrate=True)
    try:
        with database.transaction() as db:
            count = take(db, Path(file).read_text(encoding="utf-8-sig").splitlines())
    except NotImported as refused:
        say(f"{what}: nothing imported\n{refused}")
        return 1
    say(f"{what}: {count} rows")
    return 0


def invite(arguments: argparse.Namespace) -> int:
    """A code with which the first admin comes in; they invite the others from the pages."""
    from webapp.access.first import NotInvited, invite_first
    from webapp.foundation.clock import now
    from webapp.foundation.sealing import KeyRing

    settings = load_for_shell()
    database = open_database(settings, migrate=True)
    try:
        with database.transaction() as db:
            code = invite_first(db, KeyRing(*settings.sealing_keys), arguments.reference, now=now())
    except NotInvited as refused:
        say(f"invite: {refused}")
        return 1
    say(f"invite: open {settings.url}/start and type {code}")
    return 0


def import_sign_on(arguments: argparse.Namespace) -> int:
    """Providers for single sign-on, from a JSON file (webapp/sso/imports.py says what is in it)."""
    from webapp.foundation.clock import now
    from webapp.sso.imports import import_providers

    return bring_in(arguments.file, lambda db, lines: import_providers(db, lines, now=now()), "providers")


def unlink_sign_on(arguments: argparse.Namespace) -> int:
    """Forget which subject of a provider somebody is: the next sign-on finds them by the municipality's claim again."""
    from webapp.foundation.clock import now
    from webapp.people.actions import account_with_handle
    from webapp.sso.actions import unlink

    with open_database(load_for_shell(), migrate=True).transaction() as db:
        account = account_with_handle(db, arguments.reference)
        gone = unlink(db, account, now=now()) if account else None
    say(f"sign-on: {arguments.reference} is not known" if gone is None else f"sign-on: {gone} forgotten")
    return 1 if gone is None else 0


def permissions(arguments: argparse.Namespace) -> int:
    """Who may do what, as a table for the README and the auditor."""
    from webapp.permissions import PERMISSIONS, PUBLIC

    say("| address | who | whose records |\n|---|---|---|")
    for endpoint in sorted(PUBLIC):
        say(f"| {endpoint} | everybody | none |")
    for endpoint, permission in PERMISSIONS.items():
        for role in permission.roles:
            say(f"| {endpoint} | {role} | {permission.whose_for(role)} |")
    return 0


def backup(arguments: argparse.Namespace) -> int:
    """A consistent copy of the SQLite database while it is in use; for PostgreSQL use pg_dump."""
    from webapp.backup import save_copy

    return save_copy(load_for_shell(), Path(arguments.file), say)


def restore(arguments: argparse.Namespace) -> int:
    """Put a copy back; the database that was there is kept beside it."""
    from webapp.backup import put_back

    return put_back(load_for_shell(), Path(arguments.file), say)


def load_data(arguments: argparse.Namespace) -> int:
    """Synthetic data of a size, to measure and to try with."""
    from webapp.load import SIZES, fill

    if arguments.size not in SIZES:
        say(f"load: choose one of {', '.join(SIZES)}")
        return 2
    fill(open_database(load_for_shell(), migrate=True), arguments.size, say)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="app.py", description="Opstap: temporary work with the benefit kept and a premium on top.")
    commands = made.add_subparsers(required=True, metavar="command")

    def add(name: str, run: Callable[[argparse.Namespace], int], within: Any = commands) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = within.add_parser(name, help=(run.__doc__ or "").split("\n")[0])
        command.set_defaults(run=run)
        return command

    add("demo", demo)
    add("serve", serve)
    add("work", work)
    add("verify", verify).add_argument("--json", action="store_true")
    add("load", load_data).add_argument("size", help="small, letter or national")
    add("invite", invite).add_argument("reference", help="as MUNICIPALITY-REFERENCE")
    add("permissions", permissions)
    add("backup", backup).add_argument("file")
    add("restore", restore).add_argument("file")
    within = commands.add_parser("terms", help="published regulations").add_subparsers(required=True)
    add("import", terms, within).add_argument("file")
    within = commands.add_parser("sign-on", help="single sign-on").add_subparsers(required=True)
    add("import", import_sign_on, within).add_argument("file")
    add("unlink", unlink_sign_on, within).add_argument("reference", help="municipality-reference, as people import made it")
    for name, run in (("people", people), ("employers", employers)):
        add("import", run, commands.add_parser(name, help=(run.__doc__ or "").split("\n")[0]).add_subparsers(required=True)).add_argument("file")
    return made


def main(arguments: Sequence[str]) -> int:
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
