"""Every page somebody reads is in one language: theirs. What people wrote, names and firms stand apart, and say so."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from tests import factories as make
from tests.house.addresses import addresses, busy_world, ids
from webapp.foundation import texts
from webapp.foundation.texts import LANGUAGES
from webapp.notifications.messages import MESSAGES

OTHERS = [code for code, spoken in LANGUAGES.items() if code != "en" and "participant" in spoken.readers]
NO_LATIN = {"ar", "fa", "ti", "uk"}
# the Dutch word of a law in brackets, what stands on a phone in quotes, words that several languages share, names of products
SAME = re.compile(
    r"\([^)]*\)|«[^»]*»|https?:\S+|Opstap|\b(Safari|Android|iPhone|EN|WCAG|IBAN|min|Status|Stop|Start|Filter|Premie|Pin|PDF|OK|DigiD|eHerkenning|CSV|JSON|Waterveen|Hoogland)\b"
)
VOID = {"meta", "link", "input", "br", "img", "hr", "use", "path", "rect", "circle", "line", "polyline"}
READ_OUT = (
    "aria-label",
    "placeholder",
    "alt",
    "title",
    "data-busy",
    "data-text",
    "data-on",
    "data-off",
    "data-denied",
    "data-unsupported",
    "data-failed",
)


class Words(HTMLParser):
    """The texts of a page in the page's own language: without `bdi`, parts in another language, scripts, and the title (that of an offer is its work)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        apart = tag in ("title", "bdi", "script", "style", "data") or (tag != "html" and "lang" in own) or (bool(self.open) and self.open[-1][1])
        if not apart:
            self.found |= {value.strip() for name in READ_OUT if (value := own.get(name))}
        if tag not in VOID:
            self.open.append((tag, apart))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.open and self.open[-1][1]):
            self.found.add(re.sub(r"\s+", " ", data.strip()))


def words_of(html: str) -> set[str]:
    page = Words()
    page.feed(html)
    return page.found


@lru_cache
def translated_as_itself(code: str) -> set[str]:
    """English words that a translator left as they are, because the language has the same word."""
    known = texts._read(code)
    return {message.id for message in known if message.id and message.id == message.string}


def left_over(words: set[str], english: set[str], code: str) -> set[str]:
    """What of these words is not in this language: Latin letters in another script, or what stands on the English page too."""
    if code in NO_LATIN:
        return {text for text in words if re.search(r"[A-Za-zÀ-ž]{3,}", SAME.sub("", text))}
    return {text for text in words & english - translated_as_itself(code) if re.search(r"[A-Za-z]{4,}", SAME.sub("", text))}


@pytest.mark.parametrize("role", ["participant", "other_participant"])
def test_no_page_mixes_languages(world: make.World, app: Flask, session: Session, as_person: Any, role: str) -> None:
    busy_world(world, as_person)
    who = as_person(getattr(world, role))
    known = ids(session, limit=8)
    pages = sorted({address for _, address in addresses(app, "GET", known) if not address.endswith((".ics", "/sw.js", "/metrics", "/demo"))})
    spoken_here = [spoken.code for spoken in texts.spoken_to("participant")]
    seen: dict[str, dict[str, set[str]]] = {}
    for code in spoken_here:
        who.post("/language", {"language": code})
        answers = {address: who.get(address) for address in pages}
        seen[code] = {
            address: words_of(answer.text)
            for address, answer in answers.items()
            if answer.status_code in (200, 404) and answer.mimetype == "text/html"
        }
        assert all(f'<html lang="{code}"' in answers[address].text for address in seen[code])
    assert len(seen["nl"]) > 10
    mixed = {
        f"{code} {address}": left
        for code in spoken_here
        if code != "en"
        for address, words in seen[code].items()
        if (left := left_over(words, seen["en"].get(address, set()), code))
    }
    assert not mixed, "\n".join(f"{where}: {left}" for where, left in mixed.items())


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_has_words_of_its_own_in_every_language(code: str) -> None:
    with texts.speaking(code):
        same = {key for key, words in MESSAGES.items() if texts.gettext(words.title) == words.title}
    assert same == set()


@pytest.mark.parametrize("spoken", LANGUAGES.values(), ids=LANGUAGES)
def test_hours_days_and_amounts_are_said_in_every_language_with_western_digits(spoken: texts.Language) -> None:
    with texts.speaking(spoken.code):
        said = [texts.duration_words(minutes) for minutes in (0, 30, 60, 120, 275, 480, 1260, -90)]
        said += [texts.day_words(make.TODAY), texts.short_day(make.TODAY), texts.weekdays_words([0, 2, 4]), texts.euro_words(123456)]
    assert all(said)
    assert not [text for text in said if "duration" in text or re.search(r"[٠-٩۰-۹]", text)]
    assert "1.234,56" in said[-1] or "1,234.56" in said[-1]
