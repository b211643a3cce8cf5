"""What pages and confirming cost, beside a floor: python -m tests.benchmarks.pages [--floor FOLDER] [--entries 1000,10000]

Each size is a database of its own with so many hours entries, of which the person measured always has about a hundred
and the workplace measured a hundred that wait (the list of fifty is of another); so only what others wrote grows. Product and floor run on the same server
(granian, one worker, one blocking thread) and are asked in turn, so that a busy machine slows both. FOLDER holds
`limit_app.py`, with /login, /page, /confirm (one UPDATE) and /bulk (a hundred); without it only our own times are told.
"""

from __future__ import annotations

import argparse
import http.client
import math
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from webapp.foundation.database import Database, make_engine
from webapp.foundation.migrating import upgrade
from webapp.load import Size, fill

ROOT = Path(__file__).parents[2]
HERE = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
PORT, FLOOR_PORT = 8197, 8198
PEOPLE, ENTRIES, SHIFT_HOURS = 10, 1000, 4  # of one municipality of the benchmark
ROUNDS, SECONDS = 7, 1.0


class Server:
    """A running application, and somebody signed in there."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port, self.cookie = process, port, ""

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, on: http.client.HTTPConnection, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        on.request(method, path, body or None, {**(HERE if method == "POST" else {}), **({"Cookie": self.cookie} if self.cookie else {}), **headers})
        answer = on.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        assert answer.status < 400, f"{method} {path}: {answer.status}"
        return answer

    def sign_in(self, method: str, path: str, body: str = "") -> None:
        self.cookie = ""
        set_cookies = self.ask(self.connect(), method, path, body).headers.get_all("Set-Cookie") or []
        self.cookie = "; ".join(cookie.split(";")[0] for cookie in set_cookies)

    def resident_mb(self) -> float:
        """Resident memory of the server and its worker, in MB; what they share is counted once a process, on both sides."""
        family = [self.process.pid, *map(int, Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split())]
        return sum(int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) for pid in family) / 1024


@contextmanager
def serving(target: str, port: int, folder: Path, **environment: str) -> Iterator[Server]:
    words = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "1", "--no-ws", "--http", "1"]
    command = [sys.executable, "-m", "granian", *words, "--log-level", "warning", target]
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = Server(process, port)
    try:
        for _ in range(100):
            try:
                made.connect().connect()
                break
            except OSError:
                time.sleep(0.2)
        yield made
    finally:
        process.terminate()
        process.wait()


def make_database(file: Path, entries: int) -> None:
    engine = make_engine(f"sqlite:///{file}")
    upgrade(engine)
    towns = max(1, entries // ENTRIES)
    size = Size(towns, PEOPLE * towns, PEOPLE * towns, ENTRIES * SHIFT_HOURS * towns)
    fill(Database(engine), "bench", void, size=size)
    fill(Database(engine), "full", void, size=Size(1, PEOPLE, PEOPLE, ENTRIES * SHIFT_HOURS, waiting=10))
    engine.dispose()


# measuring ----------------------------------------------------------------------------------


def times(act: Callable[[http.client.HTTPConnection], None], server: Server, connections: int, seconds: float = SECONDS) -> list[float]:
    """How long each answer took, in ms, asked again and again over so many connections that stay open."""
    taken: list[float] = []
    stop = time.perf_counter() + seconds

    def go() -> None:
        on = server.connect()
        while time.perf_counter() < stop:
            began = time.perf_counter()
            act(on)
            taken.append(1000 * (time.perf_counter() - began))
        on.close()

    threads = [threading.Thread(target=go) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def beside(name: str, ours: Callable[[], list[float]], floors: Callable[[], list[float]] | None, goal: str) -> float:
    """Ask both in turn and tell p50, p99 and the ratios. Gives our p50 in ms."""
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(ours())
        if floors:
            theirs.append(floors())
    p50 = statistics.median(statistics.median(round_) for round_ in mine)
    line = f"{name:22s} p50 {p50:7.2f} ms  p99 {statistics.median(p99(round_) for round_ in mine):7.2f} ms"
    if floors:
        pairs = list(zip(mine, theirs, strict=True))
        ratios = {
            "answers": [len(a) / len(b) for a, b in pairs],
            "p50": [statistics.median(a) / statistics.median(b) for a, b in pairs],
            "p99": [p99(a) / p99(b) for a, b in pairs],
        }
        line += "  ×floor: " + ", ".join(f"{what} {statistics.median(found):.2f}" for what, found in ratios.items())
    say(f"{line}  ({goal})")
    return p50


def p99(taken: Sequence[float]) -> float:
    return taken[min(len(taken) - 1, int(0.99 * len(taken)))]


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """b of time ~ entries ** b, by least squares on the logarithms."""
    across, up = [math.log(n) for n, _ in points], [math.log(ms) for _, ms in points]
    middle, height = statistics.mean(across), statistics.mean(up)
    return sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True)) / sum((x - middle) ** 2 for x in across)


class Confirming:
    """Confirms the same hours again and again; between two times each is taken back, as a supervisor may for a minute."""

    def __init__(self, file: Path, server: Server, count: int) -> None:
        self.server = server
        place = "SELECT m.establishment_id FROM membership m JOIN account a ON a.id = m.account_id WHERE a.handle = 'load-full-1-supervisor-1'"
        waiting = f"SELECT id FROM hours_entry WHERE establishment_id = ({place}) AND status = 'sent' ORDER BY worked_on LIMIT ?"
        db = sqlite3.connect(file)
        self.ids = [dashed(row[0]) for row in db.execute(waiting, (count,))]
        db.close()
        assert len(self.ids) == count

    def take_back(self, on: http.client.HTTPConnection) -> None:
        for id in self.ids:
            self.server.ask(on, "POST", f"/hours/{id}/confirmation/undo")

    def confirm(self, on: http.client.HTTPConnection) -> http.client.HTTPResponse:
        """As the page does: one by htmx, more by the button for all."""
        if len(self.ids) == 1:
            return self.server.ask(on, "POST", f"/hours/{self.ids[0]}/confirmation", **{"HX-Request": "true"})
        return self.server.ask(on, "POST", "/employer/hours/confirmations", urlencode([("entry_id", id) for id in self.ids]))

    def times(self) -> list[float]:
        on, taken = self.server.connect(), []
        for _ in range(100 // len(self.ids) + 5):
            began = time.perf_counter()
            self.confirm(on)
            taken.append(1000 * (time.perf_counter() - began))
            self.take_back(on)
        return sorted(taken)


def dashed(id: str) -> str:
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}" if len(id) == 32 else id


# the story ----------------------------------------------------------------------------------


def measure(file: Path, floor: Server | None, **environment: str) -> dict[str, float]:
    found = {}
    with serving("app:app", PORT, ROOT, OPSTAP_DATABASE_URL=f"sqlite:///{file}", OPSTAP_DEMO="1", OPSTAP_PORT=str(PORT), **environment) as ours:
        for who, path, goals in (
            ("participant", "/today", {1: "answers ≥ 0.5, p99 ≤ 5", 4: "answers ≥ 0.35, p99 ≤ 5"}),
            ("supervisor", "/employer/hours", {1: "answers ≥ 0.25", 4: "answers ≥ 0.25"}),
        ):
            ours.sign_in("POST", "/demo/sign-in", f"account=load-bench-1-{who}-1")
            for connections, goal in goals.items():
                page = lambda n=connections, path=path: times(lambda on: void(ours.ask(on, "GET", path)), ours, n)  # noqa: E731
                least = (lambda n=connections: times(lambda on: void(floor.ask(on, "GET", "/page")), floor, n)) if floor else None
                found[f"{path}, {connections}"] = beside(f"{path}, {connections} conn.", page, least, goal)
        ours.sign_in("POST", "/demo/sign-in", "account=load-full-1-supervisor-1")
        for count, path in ((1, "/confirm"), (100, "/bulk")):
            confirming = Confirming(file, ours, count)
            least = (lambda path=path: times(lambda on: void(floor.ask(on, "POST", path)), floor, 1, 0.3)) if floor else None
            found[f"confirm {count}"] = beside(f"confirm {count}", confirming.times, least, "p50 ≤ 3")
        say(f"memory {ours.resident_mb():.0f} MB" + (f", floor {floor.resident_mb():.0f} MB (≤ 2 ×)" if floor else ""))
    return found


def count_statements(file: Path) -> None:
    server = serving("app:app", PORT, ROOT, OPSTAP_DATABASE_URL=f"sqlite:///{file}", OPSTAP_DEMO="1", OPSTAP_PORT=str(PORT), OPSTAP_SERVER_TIMING="1")
    with server as ours:
        on, counts = ours.connect(), []

        def counted(what: str, ask: Callable[[], http.client.HTTPResponse]) -> None:
            ask()  # the first time also reads what is then remembered, such as the terms
            counts.append(f"{what} {re.findall(r'[0-9]+', ask().headers['Server-Timing'])[0]}")

        ours.sign_in("POST", "/demo/sign-in", "account=load-bench-1-participant-1")
        counted("/today", lambda: ours.ask(on, "GET", "/today"))
        ours.sign_in("POST", "/demo/sign-in", "account=load-bench-1-supervisor-1")
        counted("/employer/hours", lambda: ours.ask(on, "GET", "/employer/hours"))
        ours.sign_in("POST", "/demo/sign-in", "account=load-full-1-supervisor-1")
        for count in (1, 100):
            confirming = Confirming(file, ours, count)
            counted(f"confirm {count}", lambda it=confirming: (it.confirm(on), it.take_back(on))[0])  # type: ignore[misc]
        say("statements: " + ", ".join(counts) + " (≤ 6, 5, 8, 8)")


def void(_: object) -> None:
    return None


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("--floor", type=Path, help="folder with limit_app.py")
    read.add_argument("--entries", default="1000,10000,100000", help="sizes; the whole run is up to 1000000")
    chosen = read.parse_args()
    points: dict[str, list[tuple[int, float]]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        floor = (
            stack.enter_context(serving("limit_app:app", FLOOR_PORT, chosen.floor, LIMIT_DB=str(folder / "floor.sqlite"))) if chosen.floor else None
        )
        if floor:
            floor.sign_in("GET", "/login")
        for entries in map(int, chosen.entries.split(",")):
            file = folder / f"{entries}.sqlite"
            make_database(file, entries)
            say(f"\n{entries:,} entries")
            for what, ms in measure(file, floor).items():
                points.setdefault(what, []).append((entries, ms))
            count_statements(file)
    if len(next(iter(points.values()))) > 1:
        say("\ngrowth of p50, exponent (≤ 0.10): " + ", ".join(f"{what}: {exponent(found):+.3f}" for what, found in points.items()))


if __name__ == "__main__":
    main()
