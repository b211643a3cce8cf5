"""Every route × method × person, with input no honest browser sends: a calm refusal, and nothing of another municipality.

Routes come from the application, fields from the forms on its own pages, so what a colleague adds is tried by itself. The dice
are loaded the same way each time; how much is tried is bounded, so that this takes about half a minute an engine.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session
from werkzeug.exceptions import HTTPException

from tests import factories as make
from tests.house import hostile
from tests.house.addresses import NOBODY, addresses, busy_world, ids
from tests.house.hostile import Field
from webapp.permissions import PUBLIC, Role, may

CALM = frozenset(
    {200, 201, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 410, 411, 413, 414, 415, 416, 417, 422, 424, 429, 431, 501}
)
SHOWS_OURS = re.compile(r"Traceback \(most recent|werkzeug|sqlalchemy\.|psycopg|sqlite3\.|File \"/|jinja2\.")
LEAVES = {"people.sign_out"}  # tried at the end: it ends what the others need
MARKED = (
    ("account", "last_name"),
    ("employer", "name"),
    ("establishment", "name"),
    ("establishment", "street"),
    ("work_request", "function"),
    ("placement", "function"),
)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def mark_everything(session: Session) -> None:
    """Write in every name which municipality it belongs to, so that a leak can be seen in any answer."""
    for table, column in MARKED:
        session.execute(text(f"UPDATE {table} SET {column} = {column} || ' Merk' || CAST(municipality_id AS VARCHAR) || 'zq'"))
    session.commit()


class Attack:
    """Sends, judges and counts."""

    def __init__(self, app: Flask, people: dict[str, Any], database: Any, as_person: Any) -> None:
        self.app, self.people, self.database, self.as_person = app, people, database, as_person
        self.tried, self.answers, self.wrong = Counter[str](), Counter[int](), list[str]()
        self.clients: dict[str, Any] = {}
        self.renew()

    def renew(self) -> None:
        """Everybody on a fresh device: a former attempt may have signed them out."""
        self.clients = {name: self.as_person(who).client if who else self.app.test_client() for name, who in self.people.items()}

    def role(self, name: str) -> Any:
        return self.people[name]

    def send(self, kind: str, name: str, method: str, address: str, *, client: Any = None, **more: Any) -> Any:
        headers = {**SAME_ORIGIN, **more.pop("headers", {})}
        self.tried[kind] += 1
        try:
            answer = (client or self.clients[name]).open(address, method=method, headers=headers, **more)
        except Exception as fault:  # in a test the application lets its faults through
            self.wrong.append(f"{kind}: {name} {method} {address[:90]} {str(more)[:160]}: {type(fault).__name__}: {str(fault)[:160]}")
            return None
        self.answers[answer.status_code] += 1
        body = answer.get_data().decode("utf-8", "replace") if (answer.mimetype or "").startswith(("text/", "application/json")) else ""
        foreign = [mark for mark in re.findall(r"Merk(\d+)zq", body) if self.people[name] is None or int(mark) != self.people[name].municipality_id]
        if answer.status_code not in CALM or SHOWS_OURS.search(body) or foreign:
            self.wrong.append(f"{kind}: {name} {method} {address[:90]} {str(more)[:160]}: {answer.status_code}{' LEAK' if foreign else ''}")
        return answer


@pytest.fixture
def attack(world: make.World, app: Flask, session: Session, as_person: Any, database: Any) -> Iterator[Attack]:
    busy_world(world, as_person)
    others = {role: make.account(database, world.municipality_id, role, "Ellen Mulder") for role in (Role.FINANCE, Role.ADMIN, Role.COUNCIL)}
    mark_everything(session)
    people = {
        "nobody": None, "participant": world.participant, "other participant": world.other_participant, "supervisor": world.supervisor, "case manager": world.case_manager,
        **others, "stranger": world.stranger, "strange supervisor": world.strange_supervisor, "strange case manager": world.strange_case_manager,
    }  # fmt: skip
    yield Attack(app, people, database, as_person)
    gc.collect()  # here, and not in the middle of another test


def places(app: Flask, method: str, session: Session) -> dict[str, list[str]]:
    """Of every endpoint that takes this method: an address or two with records that are there, and one with records that are not."""
    found: dict[str, list[str]] = {}
    for limit, known in ((2, ids(session, limit=1)), (3, {})):
        for endpoint, address in addresses(app, method, {name: keys[:2] for name, keys in known.items()}):
            kept = found.setdefault(endpoint, [])
            if address not in kept and len(kept) < limit:
                kept.append(address)
    session.rollback()
    return found


def may_try(attack: Attack, endpoint: str) -> list[str]:
    """Who may use it, and of the others two: they are refused before anything is read, which test_routes.py proves for all."""
    able = [name for name, who in attack.people.items() if endpoint in PUBLIC or (who is not None and may(who, endpoint))]
    return able + [name for name in attack.people if name not in able][:2]


def look_at_pages(attack: Attack, session: Session) -> tuple[dict[str, list[Field]], set[str]]:
    """Open every page as everybody: the fields of its forms by endpoint, and the names in its links."""
    fields: dict[str, dict[str, str]] = {}
    names = {"next", "q", "week", "day"}
    adapter = attack.app.url_map.bind("localhost")
    for endpoint, some in places(attack.app, "GET", session).items():
        for name in may_try(attack, endpoint):
            for address in some:
                answer = attack.send("pages opened", name, "GET", address)
                page = answer.text if answer is not None and answer.mimetype == "text/html" else ""
                names |= hostile.query_names(page)
                for action, found in hostile.forms_of(page):
                    try:
                        target, _ = adapter.match(action, "POST")
                    except HTTPException:
                        attack.wrong.append(f"{address}: a form leads to {action}, which is none")
                        continue
                    fields.setdefault(target, {}).update({field.name: field.value for field in found})
    return {endpoint: [Field(*pair) for pair in sorted(one.items())] for endpoint, one in fields.items()}, names


def bodies(fields: list[Field], dice: Random, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """So many hostile bodies for one address, of all kinds."""
    for number in range(count):
        if number % 4 == 3:
            body, kind = dice.choice(hostile.RAW_BODIES)
            yield "odd bodies", {"data": body, "content_type": kind}
        elif number % 8 == 6:
            yield "JSON for a form", {"data": hostile.as_json(fields, dice), "content_type": "application/json"}
        else:
            more = {"headers": {"HX-Request": "true"}} if dice.random() < 0.3 else {}
            yield (
                "wrong forms",
                {"data": hostile.encoded(hostile.typed_wrongly(fields, dice)), "content_type": "application/x-www-form-urlencoded", **more},
            )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a body that breaks off leaves its temporary file to the collector
def test_whatever_is_sent_the_answer_is_calm_and_tells_nothing_of_others(
    attack: Attack, session: Session, record_property: Any, request: Any
) -> None:
    engine = session.get_bind().dialect.name
    a_person, dice = (16 if engine == "sqlite" else 4), Random(20261123)
    fields, names = look_at_pages(attack, session)

    for method in ("POST", "DELETE", "PUT", "PATCH"):
        for endpoint, some in sorted(places(attack.app, method, session).items()):
            if endpoint in LEAVES:
                continue
            attack.renew()
            for name in may_try(attack, endpoint):
                for kind, more in bodies(fields.get(endpoint, []), dice, a_person):
                    attack.send(kind, name, method, dice.choice(some), **more)

    pages = places(attack.app, "GET", session)
    attack.renew()
    for endpoint, some in sorted(pages.items()):
        for name in may_try(attack, endpoint):
            for _ in range(a_person // 4):
                asked = {one: dice.choice(hostile.JUNK_TEXTS) for one in dice.sample(sorted(names), k=min(3, len(names)))}
                attack.send("questions behind an address", name, "GET", dice.choice(some), query_string=asked)
            attack.send("odd headers", name, "GET", dice.choice(some), headers=dice.choice(hostile.HEADERS))

    everything = {**pages, **places(attack.app, "POST", session)}
    for endpoint, some in sorted(everything.items()):
        for _ in range(3):
            name = dice.choice(sorted(attack.people))
            if endpoint not in LEAVES:
                attack.send("other methods", name, dice.choice(hostile.OTHER_METHODS), dice.choice(some), data=b"x=1")
            if str(NOBODY) in (place := some[-1]):
                for verb in ("GET", "POST"):
                    attack.send("wrong ids", name, verb, place.replace(str(NOBODY), dice.choice(hostile.PARTS), 1))
    try_cookies(attack, sorted(pages.items()), dice)
    for name in attack.people:
        for body, kind in hostile.RAW_BODIES:
            attack.send("odd bodies", name, "POST", "/sign-out", data=body, content_type=kind)

    told = ", ".join(f"{count} {kind}" for kind, count in sorted(attack.tried.items()))
    record_property(
        "figure",
        f"bad input on {engine}: {attack.tried.total()} tried on {len(everything)} routes as {len(attack.people)} people, {len(attack.wrong)} faults ({told})",
    )
    assert attack.wrong == [], f"{len(attack.wrong)} of {attack.tried.total()}:\n" + "\n".join([*dict.fromkeys(attack.wrong)][:40])
    assert attack.tried.total() > 1000
    assert {200, 303, 403, 404, 405, 413, 422} <= set(attack.answers)  # the attempts did reach forms, and rules


def try_cookies(attack: Attack, pages: list[tuple[str, list[str]]], dice: Random) -> None:
    """Cookies that are broken, and cookies that are rightly signed around a wrong content."""
    for cookie in hostile.COOKIES:
        for endpoint, some in dice.sample(pages, k=min(4, len(pages))):
            if endpoint != "static":
                attack.send(
                    "broken cookies",
                    "nobody",
                    "GET",
                    some[0],
                    client=attack.app.test_client(use_cookies=False),
                    environ_overrides={"HTTP_COOKIE": cookie},
                )
        attack.send(
            "broken cookies",
            "nobody",
            "POST",
            "/language",
            client=attack.app.test_client(use_cookies=False),
            environ_overrides={"HTTP_COOKIE": cookie},
            data={"language": "en"},
        )
    for held in hostile.SESSIONS:
        for method, address in (
            ("GET", "/today"),
            ("POST", "/sign-out"),
            ("POST", "/me/theme"),
            ("GET", "/sign-in"),
            ("POST", f"/sign-in/with/{NOBODY}/answer"),
        ):
            client = attack.app.test_client()
            with client.session_transaction() as session:
                session.update(held)
            attack.send("wrong sessions", "nobody", method, address, client=client)
