"""The terms of the municipality (UX G7): what counts, since when, why and by whom; planning a change, and approving it as second person."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import N_, date_words
from webapp.foundation.texts import gettext as _
from webapp.permissions import Role
from webapp.policy import actions, fields, reads, rules
from webapp.policy.models import TermChange
from webapp.policy.words import CHOICES, KEYS
from webapp.terms.actions import ONLY_THE_LAW_SETS, AlreadyDecided, CannotExpress, Terms, terms_of
from webapp.terms.rules import NoTermsInForce
from webapp.terms.shapes import plain

pages = Blueprint("policy", __name__, template_folder="templates")

LONGEST = 1000
CANNOT = {
    "not_ahead": N_("Choose a day after today. What counted on days that have passed stays as it was."),
    "same_day": N_("There is already a change of this setting from that day. Choose another day, or withdraw that change."),
    "gap": N_("From %(day)s on nothing would be agreed. Let the change begin on that day at the latest."),
    "law": N_("Only the law sets this."),
}


def terms() -> Terms:
    return terms_of(db(), g.person.municipality_id, g.person.terms_token)


@pages.get("/terms", endpoint="all")
def overview() -> Response:
    """Every setting with what counts today, and changes that wait for a second person or for their day."""
    return all_page(notice={"planned": _("Planned. A second person approves it.")}.get(request.args.get("kept", "")))


def all_page(*, refused: str | None = None, status: int = 200, notice: str | None = None) -> Response:
    today = day_of(now())
    settings = [(key, _(KEYS[key]), in_force(key, today)) for key in KEYS]
    return page(
        "policy/all.html", status=status, settings=settings, today=today, said=fields.said, key_words={key: _(text) for key, text in KEYS.items()},
        waiting=reads.changes_of(db(), g.person.municipality_id, "proposed"), refused=refused, notice=notice, may_decide=may_decide(),
        coming=[one for one in reads.changes_of(db(), g.person.municipality_id, "approved") if one.valid_from > today],
    )  # fmt: skip


def may_decide() -> bool:
    today = day_of(now())
    return g.person.role == Role.ADMIN or reads.admins(db(), g.person.municipality_id, today) < 2


def in_force(key: str, day: date) -> Any:
    """(value, row) that counts on a day, or None: nobody decided anything."""
    try:
        row = terms().row(key, day)
    except NoTermsInForce:
        return None
    return plain(row.value), row


def key_or_404(key: str) -> str:
    return key if key in KEYS else abort(404)


@pages.get("/terms/<key>")
def setting(key: str) -> Response:
    return setting_page(key_or_404(key))


def setting_page(
    key: str, *, typed: Any = None, errors: dict[str, str] | None = None, status: int = 200, preview: Any = None, basis: str = ""
) -> Response:
    """One setting: its history, and the form for a change. `preview`: what is about to be planned, and whom it touches."""
    today, known = day_of(now()), in_force(key, day_of(now()))
    value = known[0] if known else {}
    if key == "premium":
        asked = basis or request.values.get("basis", "") or str(value.get("basis", "per_hour"))
        basis = asked if asked in fields.bases() else "per_hour"
        value = value if value.get("basis") == basis else {}
    made = fields.fields_of(fields.model_of(key, basis), value, "value.", typed)
    return page(
        "policy/setting.html", status=status, key=key, title=_(KEYS[key]), fields=made, basis=basis, bases=[(name, _(CHOICES[name])) for name in fields.bases()],
        typed=typed or {}, errors=errors or {}, preview=preview, said=fields.said, today=today, new_id=str(new_id()), only_law=key in ONLY_THE_LAW_SETS,
        may_plan=g.person.role == Role.ADMIN, rows=reads.rows_of(db(), g.person.municipality_id, key), known=known,
        coming=reads.changes_of(db(), g.person.municipality_id, "proposed", "approved", "refused", "withdrawn", key=key),
    )  # fmt: skip


class Prefixed(dict[str, str]):
    """The fields of a form below a prefix; a name that came several times keeps all."""

    def __init__(self, form: Any, prefix: str) -> None:
        super().__init__({name[len(prefix) :]: value for name, value in form.items() if name.startswith(prefix)})
        self.form, self.prefix = form, prefix

    def getlist(self, name: str) -> list[str]:
        found: list[str] = self.form.getlist(self.prefix + name)
        return found


@pages.post("/terms/<key>")
def plan(key: str) -> Response:
    """First what it would touch; with `plan` in the form it is planned, and waits for a second person."""
    key = key_or_404(key)
    if key in ONLY_THE_LAW_SETS:
        abort(404)
    form, basis = request.form, request.form.get("basis", "")
    if key == "premium" and basis not in fields.bases():
        return setting_page(key, typed=form, errors={"basis": _("Choose one of these.")}, status=422)
    errors: dict[str, str] = {}
    value: dict[str, Any] = {}
    try:
        value = fields.read(fields.model_of(key, basis), Prefixed(form, "value."))
    except fields.Wrong as wrong:
        errors.update({f"value.{name}": text for name, text in wrong.errors.items()})
    source, reason = (form.get(name, "").strip()[:LONGEST] for name in ("source", "reason"))
    if not source:
        errors["source"] = _("Fill in where this was decided, so that everybody can read it back.")
    if not reason:
        errors["reason"] = _("Write in a few words why.")
    try:
        valid_from = date.fromisoformat(form.get("valid_from", ""))
        if not 2000 <= valid_from.year <= 2100:
            raise ValueError(valid_from)
    except ValueError:
        valid_from, errors["valid_from"] = date.max, _("Fill in a day, for example 2026-04-06.")
    if errors:
        return setting_page(key, typed=form, errors=errors, status=422, basis=basis)
    return plan_or_preview(key, value, valid_from, source, reason, basis)


def plan_or_preview(key: str, value: dict[str, Any], valid_from: date, source: str, reason: str, basis: str) -> Response:
    form = request.form
    try:
        fitting = plain(actions.parse(key, value))
        known = reads.known_rows(db(), g.person.municipality_id, key)
        if "plan" not in form:
            rules.ensure_planned_ahead(valid_from, known, reads.planned_days(db(), g.person.municipality_id, key), today=day_of(now()))
            touched = reads.touched(db(), g.person.municipality_id, key, valid_from, fitting, terms())
            return setting_page(key, typed=form, preview=(fitting, touched, valid_from), basis=basis)
        actions.propose(db(), id_of(form.get("id")), key, fitting, valid_from=valid_from, source=source, reason=reason, by=g.person, now=now())
    except CannotExpress as wrong:
        return setting_page(
            key, typed=form, errors={misfit(key, wrong.field): _("This cannot be so. Look at it once more.")}, status=422, basis=basis
        )
    except rules.CannotPlan as cannot:
        words = _(CANNOT[cannot.why], day=date_words(cannot.day)) if cannot.day else _(CANNOT[cannot.why])
        return setting_page(key, typed=form, errors={"valid_from": words}, status=422, basis=basis)
    return go("/terms?kept=planned")


def misfit(key: str, field: str) -> str:
    """The field of the form for a place in a value; the name of the premium's basis stands in between."""
    parts = [part for part in field.split(".")[1:] if part not in fields.bases()]
    return "value." + ".".join(parts) if parts else "value"


def id_of(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return new_id()


def change_or_404(change_id: uuid.UUID) -> TermChange:
    return actions.own_change(db(), g.person, change_id) or abort(404)


@pages.post("/terms/changes/<uuid:change_id>/decision")
def decide(change_id: uuid.UUID) -> Response:
    """As second person: approve, or not, with a few words."""
    change, said = change_or_404(change_id), request.form.get("judgement", "")
    reason = request.form.get("reason", "").strip()[:LONGEST]
    if said not in ("approve", "refuse"):
        return all_page(refused=_("Choose: approve or not."), status=422)
    if said == "refuse" and not reason:
        return all_page(refused=_("Write in a few words why not."), status=422)
    try:
        actions.decide(db(), change, approve=said == "approve", reason=reason, by=g.person, now=now())
    except rules.NotYours:
        return all_page(refused=_("Somebody else approves: not who planned it."), status=403)
    except rules.CannotPlan as cannot:
        words = _(CANNOT[cannot.why], day=date_words(cannot.day)) if cannot.day else _(CANNOT[cannot.why])
        return all_page(refused=words, status=409)
    except (actions.Decided, AlreadyDecided):
        return all_page(refused=_("Somebody else decided meanwhile. Look at it first."), status=409)
    return go("/terms")


@pages.post("/terms/changes/<uuid:change_id>/withdrawal")
def withdraw(change_id: uuid.UUID) -> Response:
    """Before its day a planned change can be withdrawn; what counted goes on."""
    change = change_or_404(change_id)
    try:
        actions.withdraw(db(), change, by=g.person, now=now())
    except rules.TooLate:
        return all_page(refused=_("This is in force or was decided. Plan a next change instead."), status=409)
    return go(f"/terms/{change.key}")
