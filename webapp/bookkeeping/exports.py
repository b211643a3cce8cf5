"""Files for the bookkeeping: hours and premium as CSV, streamed row by row; invoices as XLSX; an audit file (XAF 3.2).

The database puts most of a line together; rows go from the driver to the reader in pieces, in one read transaction: however many there are, the memory
stays the same. What people typed is made safe for spreadsheets once per placement, not once per row.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import IO, Any

from sqlalchemy import Connection, select

from webapp.foundation.database import Database
from webapp.foundation.sheets import safe_cell
from webapp.hours.reads import placements
from webapp.invoices.actions import employers, establishments, invoices, lines
from webapp.invoices.rules import printed_number
from webapp.placements.tariffs import tariffs

PIECE = 2_000  # rows that go out together
BOM = "\ufeff"  # so that a spreadsheet reads UTF-8

HOURS_HEAD = (
    "id", "worked_on", "starts_at", "stops_at", "break_minutes", "minutes", "certain_minutes", "status", "participant_id", "placement_id", "employer", "establishment", "function",
    "tariff_cents",
)  # fmt: skip
LEDGER_HEAD = ("line", "booked_at", "worked_on", "cause", "hours_id", "participant_id", "minutes", "rate_cents", "amount_cents")


def _key(column: str, dialect: str) -> str:
    """An identifier as 32 hexadecimal digits on either engine."""
    return column if dialect == "sqlite" else f"replace({column}::text, '-', '')"


def _instant(column: str, dialect: str) -> str:
    return f"substr({column}, 1, 19)" if dialect == "sqlite" else f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"


def _day(column: str, dialect: str) -> str:
    return column if dialect == "sqlite" else f"{column}::text"


def _line(columns: Sequence[str], dialect: str) -> str:
    """Columns as one piece of a CSV line, put together by the database. Only for what needs no quotes: keys, days, numbers, our words."""
    return " || ';' || ".join(column if dialect == "sqlite" else f"({column})::text" for column in columns)


def hours_csv(database: Database, municipality_id: int) -> Iterator[str]:
    """All hours of a municipality. People are numbers: who they are stands in the case management, not in the books."""
    with closing(database.reading.connect()) as connection:
        name = connection.dialect.name
        known, later = placed(connection, municipality_id)
        columns = (
            _key("id", name), _day("worked_on", name), _instant("starts_at", name), _instant("stops_at", name), "break_minutes", "minutes", "certain_minutes", "status",
            _key("participant_id", name),
        )  # fmt: skip
        statement = f"SELECT {_key('placement_id', name)}, {_day('worked_on', name)}, {_line(columns, name)} FROM hours_entry WHERE municipality_id = :municipality"  # noqa: S608 - our own names
        yield BOM + cells(HOURS_HEAD)
        for found in piece_by_piece(connection, statement, municipality_id):
            yield "".join([line + (end_on(later[placement], day) if placement in later else known[placement]) for placement, day, line in found])


def ledger_csv(database: Database, municipality_id: int) -> Iterator[str]:
    """Every line of the premium ledger, as it was booked."""
    with closing(database.reading.connect()) as connection:
        name = connection.dialect.name
        columns = (
            "id", _instant("booked_at", name), _day("worked_on", name), "cause", _key("cause_id", name), _key("participant_id", name), "minutes", "rate_cents", "amount_cents",
        )  # fmt: skip
        statement = f"SELECT {_line(columns, name)} FROM ledger_line WHERE municipality_id = :municipality ORDER BY id"  # noqa: S608 - our own names
        yield BOM + cells(LEDGER_HEAD)
        for found in piece_by_piece(connection, statement, municipality_id):
            yield "".join([line + "\r\n" for (line,) in found])


def cells(values: Sequence[Any]) -> str:
    """A line of a CSV file: semicolons, as Dutch spreadsheets expect."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow(values)
    return out.getvalue()


def placed(connection: Connection, municipality_id: int) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """The end of a line for every placement: what people typed, safe for a spreadsheet, and the tariff.

    Where the tariff changed later, also the ends from each first day (YYYY-MM-DD) on, the first end from the first day there is.
    """
    rows = connection.execute(
        select(placements.c.id, employers.c.name.label("employer"), establishments.c.name, placements.c.function, placements.c.tariff_cents)
        .join(establishments, establishments.c.id == placements.c.establishment_id)
        .join(employers, employers.c.id == establishments.c.employer_id)
        .where(placements.c.municipality_id == municipality_id)
    )
    typed = {row.id.hex: ((row.id.hex, safe_cell(row.employer), safe_cell(row.name), safe_cell(row.function)), row.tariff_cents) for row in rows}
    known = {placement: _end(said, cents) for placement, (said, cents) in typed.items()}
    changes = connection.execute(
        select(tariffs.c.placement_id, tariffs.c.valid_from, tariffs.c.tariff_cents)
        .where(tariffs.c.municipality_id == municipality_id)
        .order_by(tariffs.c.valid_from)
    )
    later: dict[str, list[tuple[str, str]]] = {}
    for placement_id, first_day, cents in changes:
        ends = later.setdefault(placement_id.hex, [("", known[placement_id.hex])])
        ends.append((first_day.isoformat(), _end(typed[placement_id.hex][0], cents)))
    return known, later


def _end(said: tuple[str, ...], tariff_cents: int) -> str:
    return ";" + cells((*said, tariff_cents))


def end_on(ends: Sequence[tuple[str, str]], day: str) -> str:
    """The end of a line with the tariff of this day.

    >>> end_on([("", "1950"), ("2026-07-01", "1990")], "2026-06-30"), end_on([("", "1950"), ("2026-07-01", "1990")], "2026-07-01")
    ('1950', '1990')
    """
    return next(end for first_day, end in reversed(ends) if first_day <= day)


def piece_by_piece(connection: Connection, statement: str, municipality_id: int) -> Iterator[Sequence[Any]]:
    """Rows of a municipality as the driver gives them, so many at a time; the database keeps the others until they are asked for."""
    driver: Any = connection.connection.dbapi_connection
    on_sqlite = connection.dialect.name == "sqlite"
    with closing(driver.cursor() if on_sqlite else driver.cursor(name="export")) as cursor:
        cursor.execute(statement.replace(":municipality", "?" if on_sqlite else "%s"), (municipality_id,))
        while found := cursor.fetchmany(PIECE):
            yield found


# invoices -----------------------------------------------------------------------------------------


def invoices_xlsx(database: Database, municipality_id: int, year: int) -> IO[bytes]:
    """A workbook with every printed line of a year, written row by row to a temporary file."""
    import xlsxwriter

    made = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with (
        closing(database.reading.connect()) as connection,
        xlsxwriter.Workbook(made, {"constant_memory": True, "strings_to_formulas": False}) as book,
    ):
        sheet = book.add_worksheet("Factuurregels")
        bold, money, day = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
        head = (
            "Nummer",
            "Soort",
            "Datum",
            "Vervalt",
            "Werkgever",
            "Vestiging",
            "Regel",
            "Van",
            "Tot en met",
            "Minuten",
            "Tarief",
            "Netto",
            "Btw",
            "Btw %",
        )
        sheet.write_row(0, 0, head, bold)
        sheet.set_column(4, 6, 28)
        sheet.freeze_panes(1, 0)
        for place, row in enumerate(printed_lines(connection, municipality_id, year), 1):
            sign = -1 if row.kind == "credit_note" else 1
            sheet.write_string(place, 0, printed_number(row.year, row.number))
            sheet.write_string(place, 1, "credit" if sign < 0 else "factuur")
            sheet.write_datetime(place, 2, _at(row.issued_on), day)
            sheet.write_datetime(place, 3, _at(row.due_on), day)
            for column, words in ((4, row.employer), (5, row.establishment), (6, row.description)):
                sheet.write_string(place, column, safe_cell(words))
            sheet.write_datetime(place, 7, _at(row.first_day), day)
            sheet.write_datetime(place, 8, _at(row.last_day), day)
            sheet.write_number(place, 9, sign * row.minutes)
            sheet.write_number(place, 10, row.tariff_cents / 100, money)  # a cell of a spreadsheet is a float; the file is for reading
            sheet.write_number(place, 11, sign * row.net_cents / 100, money)
            sheet.write_string(place, 12, row.vat_category)
            sheet.write_number(place, 13, row.vat_basis_points / 100)
    made.seek(0)
    return made


def _at(day: date) -> Any:
    from datetime import datetime

    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a cell of a spreadsheet knows no zone


def printed_lines(connection: Connection, municipality_id: int, year: int) -> Iterator[Any]:
    """Every printed line of a year in the order of the numbers."""
    query = (
        select(
            invoices.c.id, invoices.c.kind, invoices.c.year, invoices.c.number, invoices.c.issued_on, invoices.c.due_on, employers.c.name.label("employer"),
            establishments.c.name.label("establishment"), lines,
        )
        .join(lines, lines.c.invoice_id == invoices.c.id)
        .join(employers, employers.c.id == invoices.c.employer_id)
        .join(establishments, establishments.c.id == invoices.c.establishment_id)
        .where(invoices.c.municipality_id == municipality_id, invoices.c.year == year)
        .order_by(invoices.c.number, lines.c.position)
    )  # fmt: skip
    return iter(connection.execution_options(yield_per=PIECE).execute(query))


def parts(file: IO[bytes], size: int = 64 * 1024) -> Iterator[bytes]:
    """A file in pieces; gone when it was read."""
    with file:
        while piece := file.read(size):
            yield piece
