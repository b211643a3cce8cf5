"""Words on screen: translations, and amounts, days and durations as people read them.

Texts in the code are English; `translations/<language>/LC_MESSAGES/messages.po` holds the others and
is read when a language is first used, so there is no build step. `python -m webapp.foundation.texts
update` collects the texts, `... check` fails on a missing, fuzzy or mismatched one.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.units import format_unit
from markupsafe import Markup, escape

from webapp.foundation.clock import AMSTERDAM
from webapp.foundation.money import plain_euro

TRANSLATIONS = Path(__file__).parents[2] / "translations"
WEBAPP = Path(__file__).parents[1]


@dataclass(frozen=True)
class Language:
    """A language somebody can choose; `short` is what the button in the top bar shows."""

    code: str
    name: str
    short: str
    locale: str
    direction: str = "ltr"
    readers: frozenset[str] = frozenset({"participant"})  # whose pages are written in it
    reviewed: bool = False  # whether somebody who grew up with it has read it all


EVERYBODY = frozenset({"participant", "supervisor", "staff"})
KNOWN = (
    Language("nl", "Nederlands", "NL", "nl_NL", readers=EVERYBODY, reviewed=True),
    Language("en", "English", "EN", "en_GB", readers=EVERYBODY, reviewed=True),
    Language("ar", "العربية", "ع", "ar", direction="rtl"),
    Language("ti", "ትግርኛ", "ት", "ti"),
    Language("tr", "Türkçe", "TR", "tr"),
    Language("uk", "Українська", "УК", "uk"),
    Language("fa", "فارسی", "ف", "fa", direction="rtl"),
    Language("so", "Soomaali", "SO", "so"),
    Language("pl", "Polski", "PL", "pl", readers=frozenset({"participant", "supervisor"})),
)


def file_of(code: str) -> Path:
    return TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"


# a language can be chosen once it is translated; the check then holds it to being complete
LANGUAGES = {spoken.code: spoken for spoken in KNOWN if spoken.code == "en" or file_of(spoken.code).exists()}
DEFAULT = LANGUAGES["nl"]
HOUR = "duration-hour"  # as CLDR calls it
_current: ContextVar[Language] = ContextVar("language", default=DEFAULT)


def language() -> Language:
    """The language of this request or message."""
    return _current.get()


def use_language(code: str | None, reader: str = "participant") -> Language:
    """Speak this language from here on (in this request or task); one that is not spoken to this reader becomes Dutch."""
    chosen = LANGUAGES.get(code or "", DEFAULT)
    if reader not in chosen.readers:
        chosen = DEFAULT
    _current.set(chosen)
    return chosen


@contextmanager
def speaking(code: str) -> Iterator[Language]:
    """Another language for a while; one we do not speak is Dutch."""
    before = _current.set(LANGUAGES.get(code, DEFAULT))
    try:
        yield _current.get()
    finally:
        _current.reset(before)


def reader_of(role: str | None) -> str:
    """Which pages somebody reads: participant (also who is not signed in), supervisor or staff."""
    return "participant" if role in (None, "participant") else "supervisor" if role == "supervisor" else "staff"


def spoken_to(reader: str) -> list[Language]:
    """The languages a reader can choose from."""
    return [spoken for spoken in LANGUAGES.values() if reader in spoken.readers]


def best_language(accepted: str) -> str:
    """The first language of an Accept-Language header that we speak, otherwise Dutch.

    >>> best_language("fr-FR, en;q=0.8, nl;q=0.9")
    'nl'
    """
    wishes = []
    for part in accepted.split(","):
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=") or "1"
        wishes.append((-float(weight) if re.fullmatch(r"\d(\.\d+)?", weight) else 0.0, tag[:2].lower()))
    return next((code for _, code in sorted(wishes, key=lambda wish: wish[0]) if code in LANGUAGES), DEFAULT.code)


@lru_cache
def catalogue(code: str) -> NullTranslations:
    """The translations of one language; English is the language of the code itself."""
    file = file_of(code)
    if not file.exists():
        return NullTranslations()
    with file.open("rb") as source, io.BytesIO() as binary:
        write_mo(binary, read_po(source, locale=code))
        binary.seek(0)
        return GNUTranslations(binary)


def gettext(message: str, **slots: object) -> str:
    """This text in the language of the reader, with its slots filled."""
    words = _translated(message, _current.get().code)
    return _filled(words, slots) if slots else words


@lru_cache(8192)
def _translated(message: str, code: str) -> str:
    return catalogue(code).gettext(message)


def ngettext(singular: str, plural: str, num: int, **slots: object) -> str:
    """The form of a text that fits a number; `%(num)s` is the number itself."""
    return _filled(catalogue(_current.get().code).ngettext(singular, plural, num), {"num": num, **slots})


def _filled(words: str, slots: dict[str, object]) -> str:
    """A slot that is markup (an amount, a name) stays markup; everything else is then escaped."""
    if not any(isinstance(slot, Markup) for slot in slots.values()):
        return words % slots
    # what `escape(words) % slots` does, in a third of the time
    safe = {name: slot if isinstance(slot, int | float) else escape(slot) for name, slot in slots.items()}
    return Markup(str(escape(words)) % safe)  # noqa: S704 - every slot is escaped above


_ = gettext


def N_(message: str) -> str:
    """Marks a text that is translated later, where it is shown."""
    return message


# amounts, days, durations -------------------------------------------------------------------


@lru_cache(4096)
def _euro_words(cents: int, code: str) -> str:
    """As on the Dutch bank statement it will stand on, in every language (the mocks); English readers get a point."""
    if code == "en":
        return "€\u00a0" + plain_euro(cents, decimal=".", group=",")
    return "€\u00a0" + plain_euro(cents)


def euro_words(cents: int) -> str:
    """An amount as text, for messages: 21200 -> '€ 212,00'."""
    return _euro_words(cents, _current.get().code)


def euro(cents: int, id: str = "") -> Markup:
    """An amount on a page: <data value="21200">€ 212,00</data>, the value in cents."""
    return _euro(cents, id, _current.get().code)


@lru_cache(4096)
def _euro(cents: int, id: str, code: str) -> Markup:
    mark = Markup(' id="{}"').format(id) if id else ""
    return Markup('<data{} value="{}" dir="ltr">{}</data>').format(mark, cents, _euro_words(cents, code))


def euro_round(cents: int) -> str:
    """An amount without cents, for charts and limits: 250000 -> '€ 2.500'. Only for whole euros, or where a chart rounds."""
    return _euro_words((cents + 50) // 100 * 100, _current.get().code)[:-3]


def _hours_words(hours: float, locale: str) -> str:
    """Whole and half hours as CLDR says them, with the plural of each language: '4,5 uur', '5 godzin', 'ساعتان'."""
    amount = int(hours) if hours == int(hours) else hours
    words = format_unit(amount, HOUR, length="long", locale=locale)
    return format_unit(amount, HOUR, length="short", locale=locale) if HOUR in words else words  # Dutch has the long words as its short ones


@lru_cache(4096)
def _duration_words(minutes: int, code: str) -> str:
    sign = ("\u200e" if LANGUAGES[code].direction == "rtl" else "") + "−" if minutes < 0 else ""  # the mark keeps it before its number
    hours, rest = divmod(abs(minutes), 60)
    if rest in (0, 30) and (hours or rest == 0):
        return sign + _hours_words(hours + rest / 60, LANGUAGES[code].locale)
    if not hours:
        return sign + catalogue(code).gettext("%(minutes)s min") % {"minutes": rest}
    return sign + catalogue(code).gettext("%(hours)s hours %(minutes)s") % {"hours": hours, "minutes": f"{rest:02d}"}


def duration_words(minutes: int) -> str:
    """A length as people say it: 270 -> '4,5 uur', 275 -> '4 uur 35', 30 -> '30 min'."""
    return _duration_words(minutes, _current.get().code)


def duration(minutes: int, id: str = "") -> Markup:
    """A length on a page: <data value="270" class="minutes">4,5 uur</data>, the value in minutes."""
    return _duration(minutes, id, _current.get().code)


@lru_cache(4096)
def _duration(minutes: int, id: str, code: str) -> Markup:
    mark = Markup(' id="{}"').format(id) if id else ""
    return Markup('<data{} value="{}" class="minutes">{}</data>').format(mark, minutes, _duration_words(minutes, code))


@lru_cache
def _order(skeleton: str, locale: str) -> str:
    """In which order a language says the parts of a date (CLDR): 'E d MMM' in Dutch, 'd MMM E' in Turkish."""
    return str(Locale.parse(locale).datetime_skeletons[skeleton])


@lru_cache(4096)
def _date_words(day: date, wanted: str, code: str) -> str:
    locale = LANGUAGES[code].locale
    if wanted == "day":  # the order of the short form, with whole words
        pattern = re.sub(r"E+", "EEEE", re.sub(r"(M|L)+", lambda month: month[1] * 4, _order("MMMEd", locale)))
    else:
        pattern = _order(wanted, locale) if wanted in ("MMMEd", "MMMMd") else wanted
    return format_date(day, pattern, locale=locale)


def day_words(day: date) -> str:
    """'donderdag 12 maart'."""
    return _date_words(day, "day", _current.get().code)


def Day_words(day: date) -> str:
    """'Donderdag 12 maart', to begin a line with."""
    words = day_words(day)
    return words[:1].upper() + words[1:]


def short_day(day: date) -> str:
    """'wo 11 mrt'."""
    return _date_words(day, "MMMEd", _current.get().code)


def date_words(day: date) -> str:
    """'12 maart', or with the year when asked for by `long_date`."""
    return _date_words(day, "MMMMd", _current.get().code)


def long_date(day: date) -> str:
    """'12 maart 2026'."""
    return _date_words(day, "long", _current.get().code)


def weekday_words(weekday: int) -> str:
    """The name of a weekday, Monday is 0: 'maandag'."""
    names: str = Locale.parse(_current.get().locale).days["format"]["wide"][weekday]
    return names


def weekdays_words(weekdays: Sequence[int]) -> str:
    """Weekdays to begin a line with: 'Maandag, woensdag en vrijdag', joined as the language does."""
    words: str = format_list([weekday_words(weekday) for weekday in weekdays], locale=_current.get().locale)
    return words[:1].upper() + words[1:]


def month_words(day: date) -> str:
    """'mrt', for charts."""
    return _date_words(day, "LLL", _current.get().code).rstrip(".")


def long_month(day: date) -> str:
    """'maart'."""
    return _date_words(day, "LLLL", _current.get().code)


def clock_words(instant: datetime) -> str:
    """The wall clock in Amsterdam, 24 hours: '08:30'."""
    return instant.astimezone(AMSTERDAM).strftime("%H:%M")


def day_of_instant(instant: datetime) -> date:
    return instant.astimezone(AMSTERDAM).date()


def bdi(text: object) -> Markup:
    """A name inside a sentence: keeps its own direction in Arabic and Farsi."""
    return Markup(f"<bdi>{escape(text)}</bdi>")  # noqa: S704 - escaped


def dutch(text: object) -> Markup:
    """What somebody here wrote in Dutch, a street or the name of a firm: read aloud as Dutch on a page in another language."""
    return bdi(text) if _current.get().code == "nl" else Markup(f'<bdi lang="nl">{escape(text)}</bdi>')  # noqa: S704 - escaped


# collecting and checking the texts ----------------------------------------------------------

METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
STAFF_PAGES = (
    "caseload/", "requests/templates/requests/all", "requests/templates/requests/show", "placements/asking_views.py", "policy/", "safeguards/", "placements/displacement_views.py", "placements/statements.py", "placements/templates/placements/displacement", "placements/templates/placements/statement", "placements/staff_views.py", "placements/course_views.py", "placements/course_forms.py", "placements/templates/placements/course", "placements/matching.py", "placements/templates/placements/matching",
    "placements/templates/placements/preparation", "placements/templates/placements/plan", "hours/disputes.py", "hours/rulings.py",
    "hours/templates/hours/disputes", "hours/templates/hours/show_case_manager", "people/templates/people/demo",
    "access/office.py", "access/passwords.py", "access/templates/access/invitation", "access/templates/access/people", "access/templates/access/inviting",
    "access/templates/access/outbox", "access/templates/access/password", "access/templates/access/recovery", "access/templates/access/sign_in_password",
    "office/", "privacy/register.py", "privacy/described.py", "privacy/retention.py", "privacy/office_views.py", "privacy/citizen_views.py", "privacy/answer_views.py", "privacy/hold_forms.py",
    "privacy/templates/privacy/requests", "privacy/templates/privacy/retention", "privacy/templates/privacy/register", "privacy/templates/privacy/citizen_number",
    "payouts/views.py", "payouts/people_views.py", "payouts/checkers.py", "payouts/forms.py", "payouts/words.py", "payouts/templates/payouts/all",
    "payouts/templates/payouts/show", "payouts/templates/payouts/person", "payouts/templates/payouts/lines", "payouts/templates/payouts/checkers",
    "invoices/", "bookkeeping/", "council/",
    "reports/case_views.py", "reports/case_forms.py", "reports/watch_views.py", "reports/templates/reports/cases", "reports/templates/reports/case.html", "reports/templates/reports/safeguards",
    "reports/templates/reports/employer", "reports/templates/reports/watch_parts",
)  # fmt: skip
SUPERVISOR_PAGES = (
    "employer/", "requests/", "certificate/references.py", "certificate/templates/certificate/writing", "hours/confirming.py", "hours/board.py", "hours/drawing.py", "hours/versions.py", "hours/templates/hours/to_confirm",
    "growth/employer_views.py", "growth/templates/growth/ask", "growth/templates/growth/question", "growth/templates/growth/more",
    "hours/templates/hours/row", "hours/templates/hours/correcting", "hours/templates/hours/show_supervisor",
    "access/mail.py",
)  # fmt: skip
SLOT = re.compile(r"%\((\w+)\)[sd]")


def collect() -> Catalog:
    """Every text in the code and the templates."""
    from babel.messages.extract import extract_from_dir

    template = Catalog(project="Opstap", charset="utf-8", fuzzy=False)
    options = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
    for file, line, message, comments, context in extract_from_dir(
        str(WEBAPP), METHODS, options, KEYWORDS, ("Translators:",), strip_comment_tags=True
    ):
        template.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return template


def _read(code: str) -> Catalog:
    file = file_of(code)
    if not file.exists():
        return Catalog(locale=code, project="Opstap", charset="utf-8", fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=code)


def update() -> None:
    """Bring every translation file up to date with the code; what is new stays empty, what is gone goes."""
    template = collect()
    for code in LANGUAGES:
        if code == "en":
            continue
        known = _read(code)
        known.update(template, no_fuzzy_matching=True)
        known.obsolete.clear()
        known.fuzzy = False
        file = file_of(code)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            write_po(target, known, sort_output=True, no_location=True, omit_header=False, width=110)


def audience(files: set[str]) -> str:
    """Who reads a text, by where it stands: pages of one role are read by nobody else."""
    if all(file.startswith(STAFF_PAGES) for file in files):
        return "staff"
    if all(file.startswith(STAFF_PAGES + SUPERVISOR_PAGES) for file in files):
        return "supervisor"
    return "participant"


def faults() -> list[str]:
    """What is wrong with the translations, one line each: missing, fuzzy, or slots that do not match."""
    wrong = []
    template = collect()
    for spoken in LANGUAGES.values():
        if spoken.code == "en":
            continue
        known = _read(spoken.code)
        for message in template:
            if message.id and audience({file for file, _ in message.locations}) in spoken.readers:
                wrong += [f"{spoken.code}: {fault}" for fault in _faults_of(message, known.get(message.id, message.context))]
    return wrong


def _faults_of(message: Message, found: Message | None) -> list[str]:
    texts = [] if found is None else [found.string] if isinstance(found.string, str) else list(found.string or ())
    if found is None or not texts or not all(texts):
        return [f"missing: {message.id!r}"]
    if found.fuzzy:
        return [f"fuzzy: {message.id!r}"]
    return [f"other slots: {text!r}" for text in texts if not _same_slots(message.id, text)]


def _same_slots(source: str | Sequence[str], translated: str) -> bool:
    singular, *rest = [source] if isinstance(source, str) else source
    wanted = set(SLOT.findall(rest[0] if rest else singular))
    missing = wanted - set(SLOT.findall(translated))
    extra = set(SLOT.findall(translated)) - wanted
    return not extra and (not missing or (bool(rest) and missing == {"num"}))


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        update()
        return 0
    wrong = faults()
    sys.stdout.write("\n".join([*wrong[:200], f"{len(wrong)} faults in the translations" if wrong else "translations complete"]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
