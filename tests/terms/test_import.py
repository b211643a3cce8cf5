"""The real regulations, all of them, with nothing lost on the way; and how terms change, are adopted and remembered."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from tests.terms.conftest import NOW, municipality
from webapp.people.models import Municipality
from webapp.terms.actions import (
    SHIPPED,
    AlreadyDecided,
    ChooseOne,
    adopt,
    change_term,
    import_regulations,
    seed_statutory,
    terms_of,
)
from webapp.terms.models import Regulation, Term
from webapp.terms.regulations import express
from webapp.terms.rules import NotKnown, NotPerHour
from webapp.terms.shapes import CannotExpress
from webapp.terms.snapshot import Terms

TODAY = date(2026, 3, 12)
MORE: dict[str, Any] = {"source": "Beleidsregel 2026", "reason": "raadsbesluit", "now": NOW}


def terms(db: Session, whose: Municipality) -> Terms:
    assert whose.id is not None
    return terms_of(db, whose.id, whose.terms_token)


def regulation(db: Session, slug: str) -> Regulation:
    return db.exec(select(Regulation).where(Regulation.slug == slug)).one()


# nothing is lost -------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value, and to every empty list, in a JSON document."""
    if isinstance(value, dict | list) and value:
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, step))
    else:
        yield path


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def changed(entries: dict[str, Any], path: tuple[Any, ...], to: Any) -> dict[str, Any]:
    spoiled = copy.deepcopy(entries)
    at(spoiled, path[:-1])[path[-1]] = to
    return spoiled


def others(value: Any) -> list[Any]:
    """Values that are not this one: nothing, another of its kind, and one of another kind."""
    if isinstance(value, bool):
        return [None, not value, "x"]
    if isinstance(value, int | float):
        return [None, value + 1, "x"]
    if isinstance(value, str):
        return [None, value + " x", 7]
    return ["x", 7, ["x"]]  # null, or an empty list


def test_every_value_of_the_file_matters_a_change_of_any_of_them_is_seen_or_refused(entries: dict[str, Any]) -> None:
    before = express(entries)
    unseen = []
    paths = list(leaves(entries))
    for path in paths:
        for other in others(at(entries, path)):
            try:
                if express(changed(entries, path, other)) == before:
                    unseen.append((path, other))
            except CannotExpress:
                pass

    assert len(paths) > 400
    assert unseen == []


def test_every_value_of_the_file_is_found_again_among_terms_and_facts(entries: dict[str, Any]) -> None:
    library = express(entries)
    kept = json.dumps(
        [regulation._asdict() for regulation in library.regulations] + [draft._asdict() for draft in library.national],
        default=str,
        ensure_ascii=False,
    )
    numbers = {int(number) for number in "".join(sign if sign.isdigit() else " " for sign in kept).split()}
    words_read_as_numbers = {
        "any",
        "volledige werkweek",
        "gedeeltelijke werkweek",
        "hour",
        "month",
        "functie",
        "per_hour",
        "lump_sum_to_employer",
        "jaar 1",
    }

    for path in leaves(entries):
        value = at(entries, path)
        if isinstance(value, bool) or value is None or value == []:
            continue
        if isinstance(value, str):
            is_hours = path[-1] == "weekly_hours" and value[-1].isdigit()
            assert value in kept.replace('\\"', '"') or value in words_read_as_numbers or is_hours, path
        else:
            assert {int(value), round(value * 100), round(value * 60)} & numbers, path


def test_what_is_null_in_the_file_is_listed_as_unknown(entries: dict[str, Any]) -> None:
    library = express(entries)

    for policy, read in zip(entries["policies"], library.regulations[1:], strict=True):
        assert read.facts.get("unknown", []) == sorted(field for field, value in policy.items() if value is None)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("premium_basis",), "per_smile", "premium_basis"),
        (("premium_amounts", 0, "amount_eur"), "two", "premium_amounts.0.amount_eur"),
        (("premium_amounts", 0, "amount_eur"), 2.005, "premium_amounts.0.amount_eur"),
        (("premium_amounts", 0, "per"), "week", "premium_amounts.0.per"),
        (("premium_amounts", 0, "bonus"), 1, "premium_amounts.0.bonus"),
        (("max_duration_rules", 0, "weekly_hours"), "veel", "max_duration_rules.0.weekly_hours"),
        (("under_27_rule",), "mag wel", "under_27_rule"),
        (("payout_per_year",), 3, "payout.per_year"),
        (("lottery",), "once a year", "lottery"),
        (("source_url",), None, "source_url"),
        (("effective_from",), "2026-02-30", "effective_from"),
    ],
)
def test_an_entry_that_cannot_be_expressed_names_itself_and_its_field(entries: dict[str, Any], path: tuple[Any, ...], value: Any, field: str) -> None:
    with pytest.raises(CannotExpress) as refused:
        express(changed(entries, ("policies", 0, *path), value))

    assert (refused.value.policy, refused.value.field) == ("flextensie_nvsi_2019", field)
    assert "flextensie_nvsi_2019" in str(refused.value)


def test_one_bad_entry_at_the_end_leaves_nothing_of_the_file_behind(db: Session, entries: dict[str, Any]) -> None:
    with pytest.raises(CannotExpress):
        import_regulations(db, changed(entries, ("policies", 11, "premium_basis"), "per_smile"), NOW)

    assert db.exec(select(Regulation)).all() == []
    assert db.exec(select(Term)).all() == []


# importing -------------------------------------------------------------------------------------


def test_all_entries_come_in_and_a_second_time_adds_nothing(db: Session, entries: dict[str, Any]) -> None:
    first, again = import_regulations(db, entries, NOW), import_regulations(db, entries, NOW)

    assert first.regulations == len(entries["policies"]) + 1  # and the law itself
    assert first.national == 20
    assert (again.regulations, again.terms, again.national) == (0, 0, 0)
    assert len(db.exec(select(Term)).all()) == first.terms + first.national


def test_what_ships_with_the_product_is_what_the_file_says_of_the_law(db: Session, entries: dict[str, Any]) -> None:
    seeded = seed_statutory(db, NOW)
    imported = import_regulations(db, entries, NOW)

    assert seeded.national == sum(len(json.loads(file.read_text("utf-8"))) for file in SHIPPED)
    assert imported.national == 0
    assert seed_statutory(db, NOW).national == 0


def test_an_amount_of_the_law_that_differs_from_the_one_known_is_refused(db: Session, entries: dict[str, Any]) -> None:
    seed_statutory(db, NOW)

    with pytest.raises(CannotExpress, match="yearly_maximum"):
        import_regulations(db, changed(entries, ("statutory", "premium_cap_per_calendar_year_eur", "2026-01-01"), 3399), NOW)


def test_a_regulation_with_the_same_id_and_other_content_is_refused(db: Session, entries: dict[str, Any]) -> None:
    import_regulations(db, entries, NOW)

    with pytest.raises(CannotExpress) as refused:
        import_regulations(db, changed(entries, ("policies", 3, "premium_amounts", 0, "amount_eur"), 90), NOW)

    assert refused.value.policy == "stein_2021"


def test_a_regulation_without_a_day_keeps_the_words_it_was_dated_with(db: Session, entries: dict[str, Any]) -> None:
    import_regulations(db, entries, NOW)
    of_delfzijl = (
        select(Term).where(Term.regulation_id == regulation(db, "delfzijl_eemsdelta_2016").id, Term.key == "premium").order_by(col(Term.position))
    )

    found = [(term.value["cents"], term.valid_from, term.when_told) for term in db.exec(of_delfzijl).all()]

    assert found == [(150, None, "2016 (begin); start"), (200, None, "2016 (begin); 2017")]


@pytest.mark.parametrize(
    ("day", "cents"),
    [
        ("2017-06-01", 239200),
        ("2019-06-01", 250000),
        ("2021-06-30", 262900),
        ("2021-07-01", 263800),
        ("2022-01-01", 267200),
        ("2026-03-12", 339800),
        ("2026-12-31", 339800),
    ],
)
def test_the_yearly_maximum_of_the_law_is_the_amount_of_its_day(db: Session, waterveen: Municipality, day: str, cents: int) -> None:
    seed_statutory(db, NOW)

    assert terms(db, waterveen).yearly_maximum(date.fromisoformat(day)).cents == cents


def test_everything_the_law_sets_names_its_article(db: Session, waterveen: Municipality) -> None:
    seed_statutory(db, NOW)
    known = terms(db, waterveen)

    assert all("BWBR" in known.row(key, TODAY).source for key in ("yearly_maximum", "minimum_wage", "max_payments_per_year", "age"))
    assert known.max_payments_per_year(TODAY) == 2
    assert known.premium_allowed(date(2001, 5, 4), True, date(2022, 12, 31)).verdict == "no"
    assert known.premium_allowed(date(2001, 5, 4), True, date(2023, 1, 1)).verdict == "yes"


# changing and remembering ----------------------------------------------------------------------


def test_a_change_of_terms_is_seen_by_its_municipality_and_by_no_other(db: Session, waterveen: Municipality, hoogland: Municipality) -> None:
    for whose, cents in ((waterveen, 200), (hoogland, 250)):
        change_term(db, whose, "premium", {"basis": "per_hour", "cents": cents}, valid_from=date(2026, 1, 1), **MORE)
    before, of_hoogland = terms(db, waterveen), hoogland.terms_token

    change_term(db, waterveen, "premium", {"basis": "per_hour", "cents": 225}, valid_from=date(2026, 3, 1), **MORE)

    assert terms(db, waterveen).rate(TODAY).cents_per_hour == 225
    assert terms(db, waterveen).rate(date(2026, 2, 28)).cents_per_hour == 200
    assert before.rate(TODAY).cents_per_hour == 200  # a snapshot never changes
    assert (terms(db, hoogland).rate(TODAY).cents_per_hour, hoogland.terms_token) == (250, of_hoogland)


def test_a_change_of_the_law_makes_the_terms_of_everybody_stale(db: Session, waterveen: Municipality, hoogland: Municipality) -> None:
    seed_statutory(db, NOW)
    tokens = [waterveen.terms_token, hoogland.terms_token]
    terms(db, waterveen)

    change_term(db, None, "yearly_maximum", {"cents": 350000}, valid_from=date(2027, 1, 1), **MORE)

    assert terms(db, waterveen).yearly_maximum(date(2027, 1, 1)).cents == 350000
    assert all(municipality.terms_token not in tokens for municipality in (waterveen, hoogland))


def test_known_terms_cost_no_statement_and_stale_ones_cost_one(db: Session, waterveen: Municipality) -> None:
    change_term(db, waterveen, "premium", {"basis": "per_hour", "cents": 200}, valid_from=date(2026, 1, 1), **MORE)
    statements: list[str] = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda *details: statements.append(details[2]))

    first = terms(db, waterveen)
    after_first = len(statements)

    assert terms(db, waterveen) is first
    assert (after_first, len(statements)) == (1, 1)


def test_terms_without_a_token_are_read_each_time(db: Session) -> None:
    fresh = municipality(db, "nieuw")
    fresh.terms_token = ""

    assert terms(db, fresh) is not terms(db, fresh)


def test_what_was_agreed_from_a_day_is_not_overwritten(db: Session, waterveen: Municipality) -> None:
    change_term(db, waterveen, "premium", {"basis": "per_hour", "cents": 200}, valid_from=date(2026, 1, 1), **MORE)

    with pytest.raises(AlreadyDecided):
        change_term(db, waterveen, "premium", {"basis": "per_hour", "cents": 300}, valid_from=date(2026, 1, 1), **MORE)

    assert terms(db, waterveen).rate(TODAY).cents_per_hour == 200


@pytest.mark.parametrize(
    ("key", "value", "source"),
    [
        ("premium", {"basis": "per_hour", "cents": 2.5}, "Beleidsregel"),
        ("premium", {"basis": "per_hour", "cents": 250}, " "),
        ("minimum_wage", {"cents": 900}, "Beleidsregel"),
        ("max_payments_per_year", {"count": 4}, "Beleidsregel"),
    ],
)
def test_terms_that_do_not_fit_or_are_not_the_municipality_s_to_set_are_refused(
    db: Session, waterveen: Municipality, key: str, value: dict[str, Any], source: str
) -> None:
    with pytest.raises(CannotExpress):
        change_term(db, waterveen, key, value, valid_from=date(2026, 1, 1), source=source, reason="", now=NOW)

    assert db.exec(select(Term)).all() == []


# adopting --------------------------------------------------------------------------------------


def test_terms_of_a_regulation_are_in_force_for_nobody_until_they_are_adopted(
    db: Session, waterveen: Municipality, hoogland: Municipality, entries: dict[str, Any]
) -> None:
    import_regulations(db, entries, NOW)
    flextensie = regulation(db, "flextensie_nvsi_2019")
    assert "premium" not in [term.key for term in db.exec(select(Term).where(Term.regulation_id == None)).all()]  # noqa: E711

    adopted = adopt(db, waterveen, flextensie, valid_from=date(2026, 1, 1), reason="collegebesluit", now=NOW)

    assert terms(db, waterveen).rate(TODAY)[::2] == (200, f"{flextensie.organisation}: {flextensie.instrument}, https://www.flextensie.nl/")
    assert {term.regulation_id for term in adopted} == {flextensie.id}
    assert terms(db, waterveen).yearly_maximum(TODAY).cents == 339800  # the amount of 2019 had ended
    with pytest.raises(LookupError):
        terms(db, hoogland).rate(TODAY)


def test_of_two_undated_rates_somebody_has_to_choose(db: Session, waterveen: Municipality, entries: dict[str, Any]) -> None:
    import_regulations(db, entries, NOW)
    delfzijl = regulation(db, "delfzijl_eemsdelta_2016")

    with pytest.raises(ChooseOne) as open_choice:
        adopt(db, waterveen, delfzijl, valid_from=date(2026, 1, 1), reason="collegebesluit", now=NOW)
    newest = open_choice.value.terms[-1]
    adopt(db, waterveen, delfzijl, valid_from=date(2026, 1, 1), reason="collegebesluit", now=NOW, chosen={"premium": newest.id})

    assert terms(db, waterveen).rate(TODAY).cents_per_hour == 200


@pytest.mark.parametrize(("slug", "error"), [("werksaam_flextensie_2018", NotKnown), ("stein_2021", NotPerHour), ("barneveld_wep", NotPerHour)])
def test_adopting_an_unknown_amount_or_another_basis_gives_no_rate(
    db: Session, waterveen: Municipality, entries: dict[str, Any], slug: str, error: type[Exception]
) -> None:
    import_regulations(db, entries, NOW)
    adopt(db, waterveen, regulation(db, slug), valid_from=date(2026, 1, 1), reason="collegebesluit", now=NOW)

    with pytest.raises(error):
        terms(db, waterveen).rate(TODAY)


def test_adopting_twice_from_the_same_day_changes_nothing(db: Session, waterveen: Municipality, entries: dict[str, Any]) -> None:
    import_regulations(db, entries, NOW)
    stein = regulation(db, "stein_2021")
    adopt(db, waterveen, stein, valid_from=date(2026, 1, 1), reason="collegebesluit", now=NOW)

    with pytest.raises(AlreadyDecided):
        adopt(db, waterveen, stein, valid_from=date(2026, 1, 1), reason="collegebesluit", now=NOW)
