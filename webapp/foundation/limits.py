"""How fast one account, or one address, may ask: wide for people, narrow for machines, and a wait that grows.

Counted in the memory of each process, so it costs no statement and more processes are a little more lenient. Guessing codes,
pins and passwords has limits of its own, in the database. An address is shared: a town hall, a phone company.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import NamedTuple

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from webapp.foundation.database import SAFE_METHODS
from webapp.foundation.logs import log
from webapp.foundation.settings import Settings


class Allowance(NamedTuple):
    """So many at once, and so many more each second."""

    at_once: float
    per_second: float

    def times(self, factor: float) -> Allowance:
        return Allowance(self.at_once * factor, self.per_second * factor)


# A supervisor confirms a hundred rows, a phone sends the two hundred things that waited, an office of three hundred signs in at nine.
BY_ACCOUNT = Allowance(600, 5)
BY_ADDRESS = Allowance(6000, 50)
BY_STRANGERS = Allowance(1200, 4)  # of one address, by whoever is not signed in there
PAPERS_BY_ACCOUNT = Allowance(40, 0.2)
PAPERS_BY_ADDRESS = Allowance(400, 2)

PAPERS = frozenset({
    "application/pdf", "text/csv", "application/zip", "application/xml", "text/xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
})  # fmt: skip
LONGEST_WAIT = 900.0  # seconds
FORGOTTEN_AFTER = 3600.0  # seconds without a refusal: the wait begins small again
MOST_KEPT = 20_000


class Kept(NamedTuple):
    """What is known of one key. `empty_at`: when all of its allowance is back; `waits_until`: refused until then."""

    empty_at: float = 0.0
    waits_until: float = 0.0
    refusals: int = 0
    refused_at: float = 0.0


class Limiter:
    """Counts by key. Instants are seconds of a clock that only goes forward."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._most, self._lock = most_kept, threading.Lock()

    def wait(self, key: str, allowance: Allowance, at: float) -> float:
        """0 when this one may pass, otherwise how many seconds to wait. Asking while waiting makes the wait no longer."""
        with self._lock:
            kept = self._kept.pop(key, Kept())
            kept, wait = judged(kept, allowance, at)
            self._kept[key] = kept
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)  # who asked longest ago
        return wait


def judged(kept: Kept, allowance: Allowance, at: float) -> tuple[Kept, float]:
    """What is known afterwards, and how long to wait. Each refusal after a wait doubles the next: 1, 2, 4 … seconds, at most 15 minutes."""
    if at < kept.waits_until:
        return kept, kept.waits_until - at
    empty_at = max(kept.empty_at, at) + 1 / allowance.per_second
    missing = empty_at - at - allowance.at_once / allowance.per_second
    if missing <= 1e-9:
        return kept._replace(empty_at=empty_at), 0.0
    refusals = 0 if at - kept.refused_at > FORGOTTEN_AFTER else kept.refusals
    wait = min(max(missing, 2.0**refusals), LONGEST_WAIT)
    return Kept(kept.empty_at, at + wait, min(refusals + 1, 20), at), wait


def network_of(address: str | None) -> str:
    """The address, or of IPv6 the network: one house has 2^64 of those.

    >>> network_of("2001:db8:1:2:3::4"), network_of("192.0.2.7")
    ('2001:db8:1:2::', '192.0.2.7')
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Address(int(found) >> 64 << 64))


def limits(app: Flask, settings: Settings) -> Callable[[], None]:
    """What refuses with 429 when this request goes too fast: to be called as soon as it is known who is signed in (`g.person`)."""
    factor = settings.limits
    if not factor:
        return lambda: None
    limiter, papers = Limiter(), set[str]()

    def spend(kind: str, who: str, allowance: Allowance) -> None:
        seconds = limiter.wait(f"{kind} {who}", allowance.times(factor), time.monotonic())
        if seconds:
            log.warning("too fast", by=kind, route=str(request.url_rule or "unknown"))
            raise TooManyRequests(retry_after=ceil(seconds))

    def not_too_fast() -> None:
        unsafe, paper = request.method not in SAFE_METHODS, request.endpoint in papers
        if not (unsafe or paper):
            return
        person, address = g.get("person"), network_of(request.remote_addr)
        if paper:
            if person:
                spend("papers of account", str(person.id), PAPERS_BY_ACCOUNT)
            spend("papers of address", address, PAPERS_BY_ADDRESS)
            return
        if person:
            spend("account", str(person.id), BY_ACCOUNT)
        else:
            spend("strangers", address, BY_STRANGERS)
        spend("address", address, BY_ADDRESS)

    @app.after_request
    def learn(response: Response) -> Response:
        """What answers with a file is costly to make; so a new export is limited without being named anywhere."""
        if request.method == "GET" and response.status_code == 200 and response.mimetype in PAPERS and request.endpoint:
            papers.add(request.endpoint)
        return response

    return not_too_fast
