"""Forms made from the shapes of terms: which fields a setting has, what stands in them, and what somebody typed as a value."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from webapp.foundation.texts import euro_words
from webapp.foundation.texts import gettext as _
from webapp.policy.words import CHOICES, LABELS
from webapp.terms import shapes

EMPTY_ROWS = 2
WEEK_MINUTES = frozenset({"above", "at_least", "below", "at_most"})
MOST_ROWS = 40
LARGEST = 10**9


class Field(NamedTuple):
    """One field of a form. `kind`: cents, minutes, percent, whole, choice, yes_no, text, months, many, pairs, group or rows."""

    name: str
    kind: str
    label: str
    optional: bool = False
    text: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple[Any, ...] = ()  # of a group its fields; of rows the fields of each row


class NotANumber(ValueError):
    """What was typed is no amount, length, percentage or number."""


class Wrong(Exception):
    """What was typed is no value; `errors` by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def bases() -> dict[str, type[BaseModel]]:
    """The kinds of premium, by their name."""
    return {get_args(shape.model_fields["basis"].annotation)[0]: shape for shape in get_args(shapes.AnyPremium)}


def model_of(key: str, basis: str = "") -> type[BaseModel]:
    """The shape of a setting; of the premium that of its basis. Raises KeyError for what does not exist."""
    return bases()[basis] if key == "premium" else shapes.SHAPES[key]


def fields_of(
    model: type[BaseModel], value: Mapping[str, Any] | None = None, at: str = "", typed: Mapping[str, Any] | None = None
) -> tuple[Field, ...]:
    """The fields of a shape, filled with a value or with what was typed."""
    known = value or {}
    return tuple(
        made
        for name, info in model.model_fields.items()
        if (made := _field(f"{at}{name}", name, info.annotation, known.get(name, _default(info)), typed)) is not None
    )


def _default(info: Any) -> Any:
    return None if info.is_required() else info.get_default(call_default_factory=True)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """The type without Annotated and without None, and whether it may be None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        others = [one for one in get_args(annotation) if one is not type(None)]
        return _bare(others[0])[0], len(others) < len(get_args(annotation))
    return annotation, False


def _unit(name: str) -> str:
    if name.endswith("cents"):
        return "cents"
    if name.endswith("minutes") or name in WEEK_MINUTES:
        return "minutes"
    return "percent" if name.endswith("basis_points") else "whole"


def _field(path: str, name: str, annotation: Any, value: Any, typed: Mapping[str, Any] | None) -> Field | None:
    kind, optional = _bare(annotation)
    label = _(LABELS[name])
    if get_origin(kind) is Literal:
        words = get_args(kind)
        if len(words) == 1 and not optional:
            return None  # nothing to choose
        return Field(path, "choice", label, optional, _said(path, value, typed), tuple((word, _(CHOICES.get(word, word))) for word in words))
    if kind is bool:
        return Field(path, "yes_no", label, optional, _said(path, {True: "yes", False: "no"}.get(value, ""), typed))
    if kind is int:
        return Field(path, _unit(name), label, optional, _said(path, shown(value, _unit(name)), typed))
    if kind is str:
        return Field(path, "text", label, True, _said(path, value or "", typed))
    if get_origin(kind) is dict:
        return Field(path, "pairs", label, False, parts=tuple(_pairs(path, get_args(kind)[1] is str, value or {}, typed)))
    if get_origin(kind) is list:
        return _list(path, name, label, get_args(kind)[0], optional, value, typed)
    made = value.model_dump() if isinstance(value, BaseModel) else value
    return Field(path, "group", label, optional, parts=fields_of(kind, made, f"{path}.", typed))


def _list(path: str, name: str, label: str, inner: Any, optional: bool, value: Any, typed: Mapping[str, Any] | None) -> Field:
    kind, _none = _bare(inner)
    if kind is int and name == "months":
        chosen = ",".join(map(str, typed.getlist(path))) if typed is not None and hasattr(typed, "getlist") else ",".join(map(str, value or []))
        return Field(path, "months", label, optional, chosen)
    if kind is int:
        return Field(path, "many", label, optional, _said(path, "; ".join(shown(one, _unit(name)) for one in value or []), typed))
    there = list(value or [])
    if typed is not None:
        there = [{}] * row_count(path, typed)
    rows = [*there, *[{}] * (EMPTY_ROWS if typed is None else 0)]
    return Field(
        path,
        "rows",
        label,
        optional,
        str(len(there)),
        parts=tuple(fields_of(kind, row, f"{path}.{number}.", typed) for number, row in enumerate(rows)),
    )


def _pairs(path: str, are_words: bool, value: Mapping[str, Any], typed: Mapping[str, Any] | None) -> Iterable[tuple[Field, Field]]:
    rows = [*value.items(), *[("", None)] * EMPTY_ROWS]
    if typed is not None:
        rows = [("", None)] * row_count(path, typed)
    kind, label = ("text", _("In words")) if are_words else ("whole", _("Days"))
    for number, (word, said) in enumerate(rows):
        yield (
            Field(f"{path}.{number}.key", "text", _("What"), True, _said(f"{path}.{number}.key", word, typed)),
            Field(f"{path}.{number}.value", kind, label, True, _said(f"{path}.{number}.value", said if are_words else shown(said, kind), typed)),
        )


def _said(path: str, text: Any, typed: Mapping[str, Any] | None) -> str:
    return str(text if text is not None else "") if typed is None else str(typed.get(path, ""))


def row_count(path: str, typed: Mapping[str, Any]) -> int:
    """How many rows a form sent."""
    numbers = [
        int(rest) for name in typed if name.startswith(path + ".") and (rest := name[len(path) + 1 :].split(".")[0]).isdigit() and len(rest) < 4
    ]
    return min(max(numbers, default=-1) + 1, MOST_ROWS)


# what is typed ------------------------------------------------------------------------------------


def shown(value: int | None, unit: str) -> str:
    """A value as somebody types it: 200 cents is 2,00; 1680 minutes is 28; 11710 basis points is 117,1."""
    if value is None:
        return ""
    if unit == "cents":
        return f"{value // 100},{value % 100:02d}"
    if unit == "minutes":
        return f"{value // 60}" + (f":{value % 60:02d}" if value % 60 else "")
    if unit == "percent":
        return f"{Decimal(value) / 100:f}".replace(".", ",")
    return str(value)


def number(text: str, unit: str) -> int:
    """What was typed, in cents, minutes, basis points or whole. Raises NotANumber."""
    plain = text.replace("€", "").replace("%", "").replace("\u00a0", " ").strip()
    if unit == "minutes" and ":" in plain:
        hours, _sign, rest = plain.partition(":")
        if not (hours.isdecimal() and rest.isdecimal() and len(rest) == 2 and int(rest) < 60 and len(hours) < 8):
            raise NotANumber(text)
        return int(hours) * 60 + int(rest)
    try:
        amount = Decimal(plain.replace(",", "."))
    except InvalidOperation as wrong:
        raise NotANumber(text) from wrong
    scaled = amount * {"cents": 100, "percent": 100, "minutes": 60}.get(unit, 1)
    if not amount.is_finite() or scaled != scaled.to_integral_value() or not 0 <= scaled < LARGEST:
        raise NotANumber(text)
    return int(scaled)


def read(model: type[BaseModel], typed: Any) -> dict[str, Any]:
    """The value somebody typed, as it is stored before its shape is asked. Raises Wrong with every field that is no value."""
    errors: dict[str, str] = {}
    value = _read_model(model, typed, "", errors)
    if errors:
        raise Wrong(errors)
    return value


def _read_model(model: type[BaseModel], typed: Any, at: str, errors: dict[str, str]) -> dict[str, Any]:
    value = {}
    for name, info in model.model_fields.items():
        kind, optional = _bare(info.annotation)
        if get_origin(kind) is Literal and len(get_args(kind)) == 1 and not optional:
            value[name] = get_args(kind)[0]
            continue
        found = _read(f"{at}{name}", name, kind, optional or not info.is_required(), typed, errors)
        if found is not None or (optional and info.is_required()):
            value[name] = found
    return value


def _read(path: str, name: str, kind: Any, optional: bool, typed: Any, errors: dict[str, str]) -> Any:
    text = str(typed.get(path, "")).strip()[:500]
    if get_origin(kind) is Literal:
        if text and text not in get_args(kind):
            errors[path] = _("Choose one of these.")
        if not text:
            _empty(path, optional, errors)
        return text or None
    if kind is bool:
        return {"yes": True, "no": False}.get(text)
    if kind is str:
        return text or None
    if kind is int:
        return _read_number(path, text, _unit(name), optional, errors)
    if get_origin(kind) is dict:
        return _read_pairs(path, _bare(get_args(kind)[1])[0] is str, typed, errors)
    if get_origin(kind) is list:
        return _read_list(path, name, _bare(get_args(kind)[0])[0], optional, typed, errors)
    part = _read_model(kind, typed, f"{path}.", {} if _is_blank(path, typed) else errors)
    return None if _is_blank(path, typed) else part


def _empty(path: str, optional: bool, errors: dict[str, str]) -> None:
    if not optional:
        errors.setdefault(path, _("Fill this in."))


def _read_number(path: str, text: str, unit: str, optional: bool, errors: dict[str, str]) -> int | None:
    if not text:
        _empty(path, optional, errors)
        return None
    try:
        return number(text, unit)
    except NotANumber:
        examples = {"cents": "2,00", "minutes": "28", "percent": "117,1", "whole": "14"}
        errors[path] = _("Fill in a number, for example %(example)s.", example=examples[unit])
        return None


def _is_blank(path: str, typed: Any) -> bool:
    return not any(str(value).strip() for name, value in typed.items() if name.startswith(path + "."))


def _read_list(path: str, name: str, kind: Any, optional: bool, typed: Any, errors: dict[str, str]) -> list[Any] | None:
    if kind is int and name == "months":
        months = [one for one in typed.getlist(path) if one.isdecimal() and len(one) < 3]
        return sorted({int(one) for one in months}) or None
    if kind is int:
        parts = [part.strip() for part in str(typed.get(path, "")).split(";") if part.strip()]
        numbers = [_read_number(path, part, _unit(name), True, errors) for part in parts[:MOST_ROWS]]
        return numbers or (None if optional else [])
    rows = [f"{path}.{number}" for number in range(row_count(path, typed)) if not _is_blank(f"{path}.{number}", typed)]
    made = [_read_model(kind, typed, f"{row}.", errors) for row in rows]
    return made or (None if optional else [])


def _read_pairs(path: str, are_words: bool, typed: Any, errors: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in range(row_count(path, typed)):
        word, said = (str(typed.get(f"{path}.{row}.{part}", "")).strip()[:500] for part in ("key", "value"))
        value = said if are_words else _read_number(f"{path}.{row}.value", said, "whole", not word, errors)
        if word and value is not None:
            found[word] = value
        elif said and not word:
            errors[f"{path}.{row}.key"] = _("Fill this in.")
    return found


# what a value says ----------------------------------------------------------------------------


def said(key: str, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A value in words: label and text, line after line; what is not known is left out."""
    kind = str(value.get("basis", ""))
    model, label = model_of(key, kind), LABELS["basis"]
    first = [(_(label), _(CHOICES[kind]))] if kind else []
    return [*first, *_lines(fields_of(model, value))] or [(_("Value"), _("not known"))]


def _lines(fields: Iterable[Field], before: str = "") -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for one in fields:
        label = f"{before}{one.label}"
        if one.kind == "group":
            lines += _lines(one.parts, f"{label}: ")
        elif one.kind == "rows":
            for count, row in enumerate((row for row in one.parts if _lines(row)), 1):
                lines += _lines(row, f"{one.label} {count}, ")
        elif one.kind == "pairs":
            lines += [(f"{label}: {word.text}", days.text) for word, days in one.parts if word.text]
        elif one.text and one.kind != "rows":
            lines.append((label, in_words(one)))
    return lines


def in_words(one: Field) -> str:
    if one.kind == "cents":
        return euro_words(number(one.text, "cents"))
    if one.kind == "minutes":
        return _("%(hours)s hours", hours=one.text)
    if one.kind == "percent":
        return f"{one.text}%"
    if one.kind == "yes_no":
        return _("Yes") if one.text == "yes" else _("No")
    return dict(one.choices).get(one.text, one.text)
