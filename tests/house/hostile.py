"""What no honest browser sends: values, bodies, cookies, headers and addresses to try on every route."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes, urlsplit

# as they travel: bytes, so that what is no text can be sent too
VALUES: tuple[bytes, ...] = (
    b"", b" ", b"0", b"-1", b"1", b"2147483648", b"-9223372036854775809", b"9" * 5000, b"1e400", b"NaN", b"Infinity", b"0x1F", b"1_000", b"1,5",
    b"\x00", b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf", b"\xf0\x9f\x92\xa9" * 50, "١٢:٣٠".encode(), "½".encode(), "²".encode(), "\u202e\u200f".encode() * 99, "e\u0301".encode() * 500,
    b"2026-02-30", b"0000-00-00", b"9999-12-31", b"0001-01-01", b"2026-W01-1", b"20260101", b"-2026-01-01", b"24:00", b"8.30", b"99:99", b"2:30",
    b"00000000-0000-0000-0000-000000000007", b"{00000000000000000000000000000007}", b"urn:uuid:00000000-0000-0000-0000-000000000007", b"true", b"null", b"[]", b"{}",
    b"' OR 1=1 --", b"%", b"_", b"\\", b"${7*7}", b"{{7*7}}", b"<script>alert(1)</script>", b"../../etc/passwd", b"http://169.254.169.254/", b"=cmd|' /C calc'!A0", b"\r\nSet-Cookie: x=1", b"%00", b"%s%s%n",
    b"yes", b"no", b"undo", b"other", b"x" * 70_000,
)  # fmt: skip
JUNK_TEXTS = (
    "",
    "x",
    "\x00",
    "é" * 3000,
    "a" * 20_000,
    "%00",
    "١٢",
    "-1",
    "9" * 400,
    "2026-99-99",
    "0001-01-01",
    "9999-12-31",
    "<script>alert(1)</script>",
    "\u202e",
    "null",
    "{{7*7}}",
)
JSON_BODIES: tuple[bytes, ...] = (
    b"", b"{", b"null", b"[]", b"7", b'"x"', b"[" * 50_000, b'{"a":' * 20_000, b"\xff", b"NaN", b'{"a": 1' + b"0" * 6000 + b"}", b'{"endpoint": "\\ud800", "keys": {"p256dh": "\\ud800", "auth": "\\u0000"}}',
    b'{"endpoint": {"a": 1}, "keys": [1], "answer": [], "next": {}}', b'{"answer": {"id": "\\ud800", "rawId": 1, "response": "x", "type": null}, "next": 7}', b'{"answer": "yes", "\\u0000": 1}',
)  # fmt: skip
RAW_BODIES: tuple[tuple[bytes, str], ...] = (
    *((body, "application/json") for body in JSON_BODIES),
    (b"a=1&a=2&a=3", "application/json"), (b"=&=&=", "application/x-www-form-urlencoded"), (b"&" * 5000, "application/x-www-form-urlencoded"), (b"%", "application/x-www-form-urlencoded"),
    (b"a=%ff%fe&%ff=1", "application/x-www-form-urlencoded"), (b"x" * 300_000, "application/x-www-form-urlencoded"), (b"x" * 300_000, "application/octet-stream"),
    (b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1", "multipart/form-data; boundary=x"), (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"), (b"--x--", "multipart/form-data"),
    (b"--x\r\nContent-Disposition: form-data; name=\"reason\"; filename=\"../../a\"\r\nContent-Type: text/html\r\n\r\n<script>\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", "multipart/form-data; boundary=x"), (b"\x00" * 100, "multipart/form-data; boundary=\x00"), (b"a=1", "text/plain; charset=utf-99"),
    (b"a=1", "application/x-www-form-urlencoded; charset=utf-16"), (b"<a/>", "application/xml"), (b"a", "\\;"), (b"a", ""), (b"\x1f\x8b\x08", "application/gzip"),
)  # fmt: skip
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "POST", "OPTIONS", "HEAD", "TRACE", "CONNECT", "PROPFIND", "BREW", "get")
COOKIES: tuple[str, ...] = (
    "opstap=", "opstap=x", "opstap=.", "opstap=..", "opstap=a.b.c", "opstap=" + "A" * 9000, "opstap=eyJfdXNlcl9pZCI6MX0.aaaa.bbbb", "opstap=.eJwLy.aaaa.bbbb", "opstap=\u00ff\u00fe", "opstap=%00", 'opstap="unclosed',
    "language=\u00ff", "language=" + "x" * 4000, "language=xx; language=nl; language=", "tablet=", "tablet=x", "tablet=\u00ff" * 50, "=", ";;;", "a" * 8000, "opstap", "opstap=x; opstap=y", "theme=;\x01",
)  # fmt: skip
SESSIONS: tuple[dict[str, Any], ...] = (
    {"_user_id": 7}, {"_user_id": []}, {"_user_id": {"a": 1}}, {"_user_id": None}, {"_user_id": "\x00"}, {"_user_id": "x" * 3000}, {"_user_id": "\ud800"}, {"tablet": "x"}, {"sign_on": []}, {"sign_on": "\ud800"}, {"_id": 1, "_fresh": "x"},
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"Accept-Language": "x" * 9000}, {"Accept-Language": ",;q=,;;q=9e999,*"}, {"Accept-Language": "\u00ff;q=0.\u00b2"}, {"X-Opstap-Person": "\u00ff"}, {"X-Opstap-Person": "x" * 5000}, {"X-Opstap-Age": "-1"}, {"X-Opstap-Age": "9" * 400}, {"X-Opstap-Age": "\u00b2"},
    {"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "x"}, {"Range": "bytes=9-1"}, {"If-None-Match": '"'}, {"If-Modified-Since": "yesterday"}, {"Accept-Encoding": "br;q=x, \u00ff"}, {"Referer": "http://["}, {"Referer": "\u00ff"},
    {"User-Agent": "\u00ff" * 3000}, {"User-Agent": ""}, {"Host": "["}, {"Host": "elsewhere.example:99999"}, {"Authorization": "Bearer \u00ff"}, {"Authorization": "Basic x"}, {"X-Forwarded-For": "junk, \u00ff"}, {"Content-Length": "-1"}, {"Transfer-Encoding": "chunked"}, {"Expect": "100-continue"},
)  # fmt: skip
PARTS = (
    "junk",
    "1",
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "%F0%9F%92%A9",
    "%ED%A0%80",
    "%FF",
    "9" * 3000,
    "00000000-0000-0000-0000-00000000000g",
    "%0d%0aSet-Cookie:x=1",
    "' OR 1=1 --",
)


class Field(NamedTuple):
    """A field of a form: its name, and what the page proposes for it."""

    name: str
    value: str


TAG = re.compile(r"<(input|select|textarea|button)\b([^>]*)>")
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)


def attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', text)}


def forms_of(page: str) -> Iterator[tuple[str, list[Field]]]:
    """(address, fields) of every form on a page that changes something."""
    for head, inside in FORM.findall(page):
        about = attributes(head)
        if about.get("method", "").lower() != "post" or not about.get("action", "").startswith("/"):
            continue
        fields = [attributes(rest) for _, rest in TAG.findall(inside)]
        yield urlsplit(about["action"]).path, [Field(one["name"], one.get("value", "")) for one in fields if one.get("name")]


def query_names(page: str) -> set[str]:
    """The names pages themselves put behind a question mark."""
    return set(re.findall(r"[?&](?:amp;)?(\w+)=", " ".join(re.findall(r'href="(/[^"]*\?[^"]*)"', page))))


def encoded(pairs: list[tuple[str, bytes]]) -> bytes:
    return b"&".join(quote_from_bytes(name.encode()).encode() + b"=" + quote_from_bytes(value).encode() for name, value in pairs)


def typed_wrongly(fields: list[Field], dice: Random) -> list[tuple[str, bytes]]:
    """A form as the page proposes it, with one thing (sometimes all) wrong: a value, a field too few, one too many, or twice."""
    pairs = [(field.name, field.value.encode()) for field in fields] or [("x", b"1")]
    way, at = dice.random(), dice.randrange(len(pairs))
    if way < 0.6:
        pairs[at] = (pairs[at][0], dice.choice(VALUES))
    elif way < 0.75:
        pairs = [(name, dice.choice(VALUES)) for name, _ in pairs]
    elif way < 0.83:
        del pairs[at]
    elif way < 0.91:
        pairs += [(pairs[at][0], dice.choice(VALUES))] * dice.choice((1, 2, 300))
    else:
        pairs += [(dice.choice(("", "\x00", "é", "__proto__", "_person", "_method", "municipality_id", "role", "next")), dice.choice(VALUES))]
    return pairs


def as_json(fields: list[Field], dice: Random) -> bytes:
    """The same fields as JSON, where a form is expected, with values of every type."""
    kinds: tuple[Any, ...] = (None, True, 7, -1.5, [], {}, [1, "x"], {"a": {"b": 1}}, "x", "\ud800", "\x00", 10**30)
    return json.dumps({field.name: dice.choice(kinds) for field in fields} or {"x": dice.choice(kinds)}).encode()
