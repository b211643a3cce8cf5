"""Work in a process of its own that can really be killed. What it needs is imported once, not for every process anew."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["psycopg", "tests.payouts.people", "tests.invoices.conftest", "webapp.verify"])
PATIENCE = 120  # seconds
KILLED = -signal.SIGKILL


class Worker:
    """A process that does `work(tell, *given)`; what it tells is read with `heard`. `work` and what is given must be importable."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        self._heard, told = PROCESSES.Pipe(duplex=False)
        self.process = PROCESSES.Process(target=_do, args=(work, told, given), daemon=True)
        self.process.start()
        told.close()

    def heard(self) -> Any:
        """The next thing it tells, or None when it has ended."""
        assert self._heard.poll(PATIENCE), "it says nothing"
        try:
            return self._heard.recv()
        except EOFError:
            return None

    def kill(self) -> None:
        self.process.kill()

    def ended(self) -> int:
        """How it ended: 0, or KILLED. Anything else fails the test."""
        self.process.join(PATIENCE)
        code = self.process.exitcode
        self._heard.close()
        assert code in (0, KILLED), f"it ended with {code}"
        return code


def _do(work: Callable[..., None], told: Connection, given: tuple[Any, ...]) -> None:
    work(told.send, *given)
    told.close()
