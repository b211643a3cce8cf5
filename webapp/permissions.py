"""Who may do what: one table. Everything that is not in it is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol


class Role(StrEnum):
    """As what somebody works. A person may hold several and works as one at a time."""

    PARTICIPANT = "participant"
    SUPERVISOR = "supervisor"
    CASE_MANAGER = "case_manager"
    FINANCE = "finance"
    ADMIN = "admin"
    COUNCIL = "council"


class Permission(NamedTuple):
    """The roles that may use an address, and in words whose records they then see."""

    roles: frozenset[Role]
    whose: str


class HasRole(Protocol):
    @property
    def role(self) -> str: ...


def allow(*roles: Role, whose: str) -> Permission:
    return Permission(frozenset(roles), whose)


P, S, C = Role.PARTICIPANT, Role.SUPERVISOR, Role.CASE_MANAGER
EVERYBODY = tuple(Role)

PUBLIC = frozenset({
    "static", "pages.home", "pages.accessibility", "pages.language", "pages.choose_language", "pages.healthz", "pages.readyz", "pages.metrics",
    "people.sign_in", "people.sign_out", "people.demo", "people.demo_sign_in",
    "pwa.manifest", "pwa.service_worker", "pwa.offline",
    "employer.tablet", "employer.open_tablet", "placements.feed",
})  # fmt: skip

PERMISSIONS = {
    # endpoint                      who may                     whose records
    "people.roles":                 allow(*EVERYBODY,           whose="own"),
    "people.work_as":               allow(*EVERYBODY,           whose="own"),
    "people.theme":                 allow(*EVERYBODY,           whose="own"),
    "notifications.inbox":          allow(*EVERYBODY,           whose="own"),
    "notifications.read":           allow(*EVERYBODY,           whose="own"),
    "notifications.settings":       allow(*EVERYBODY,           whose="own"),
    "notifications.save_settings":  allow(*EVERYBODY,           whose="own"),
    "notifications.save_quiet":     allow(*EVERYBODY,           whose="own"),
    "notifications.subscribe":      allow(*EVERYBODY,           whose="own"),
    "notifications.unsubscribe":    allow(*EVERYBODY,           whose="own"),

    "participant.today":                  allow(P,                    whose="own"),
    "participant.me":                     allow(P,                    whose="own"),
    "offers.mine":                  allow(P,                    whose="own"),
    "placements.offer":             allow(P,                    whose="own"),
    "placements.answer":            allow(P,                    whose="own"),
    "placements.calendar":          allow(P,                    whose="own"),
    "placements.leaving":           allow(P,                    whose="own placement"),
    "placements.stop":              allow(P,                    whose="own placement"),
    "placements.agreement":         allow(P, S, C,              whose="own placement; own workplace; own caseload"),
    "placements.agreement_paper":   allow(P, S, C,              whose="own placement; own workplace; own caseload"),
    "placements.sign":              allow(P, S, C,              whose="own placement; own workplace; own caseload"),
    "placements.unsign":            allow(P, S, C,              whose="own signature"),
    "placements.absence":           allow(P,                    whose="own shift"),
    "placements.cannot_come":       allow(P,                    whose="own shift"),
    "placements.can_come":          allow(P,                    whose="own shift"),
    "placements.my_calendar":       allow(P,                    whose="own"),
    "placements.make_calendar":     allow(P,                    whose="own"),
    "placements.renew_calendar":    allow(P,                    whose="own"),
    "placements.end_calendar":      allow(P,                    whose="own"),
    "hours.mine":                   allow(P,                    whose="own"),
    "hours.show":                   allow(P, S, C,              whose="own; own workplace; own caseload"),
    "hours.log":                    allow(P,                    whose="own placement"),
    "hours.check_in":               allow(P,                    whose="own placement"),
    "hours.check_out":              allow(P,                    whose="own placement"),
    "hours.withdraw":               allow(P,                    whose="own"),
    "hours.respond":                allow(P,                    whose="own"),
    "participant.premium":                allow(P,                    whose="own"),

    "hours.to_confirm":             allow(S,                    whose="own workplace"),
    "hours.confirm":                allow(S,                    whose="own workplace"),
    "hours.unconfirm":              allow(S,                    whose="own workplace"),
    "hours.confirm_many":           allow(S,                    whose="own workplace"),
    "hours.correcting":             allow(S,                    whose="own workplace"),
    "hours.correct":                allow(S,                    whose="own workplace"),
    "employer.team":                allow(S,                    whose="own workplace"),
    "employer.company":             allow(S,                    whose="own workplace"),
    "employer.stand_in":            allow(S,                    whose="own"),
    "employer.end_stand_in":        allow(S,                    whose="own"),
    "employer.set_pin":             allow(S,                    whose="own"),
    "employer.share_tablet":        allow(S,                    whose="own workplace"),
    "employer.end_tablet":          allow(S,                    whose="own workplace"),

    "caseload.signals":             allow(C,                    whose="own caseload"),
    "caseload.participants":        allow(C,                    whose="own caseload"),
    "caseload.participant":         allow(C,                    whose="own caseload"),
    "caseload.other_premium":       allow(C,                    whose="own caseload"),
    "requests.all":                 allow(C,                    whose="own municipality"),
    "placements.matching":          allow(C,                    whose="own municipality, own caseload"),
    "placements.offer_to":          allow(C,                    whose="own caseload"),
    "placements.starting":          allow(C,                    whose="own caseload"),
    "placements.prepare":           allow(C,                    whose="own caseload"),
    "placements.course_of":         allow(C,                    whose="own caseload"),
    "placements.change_hours":      allow(C,                    whose="own caseload"),
    "placements.pause":             allow(C,                    whose="own caseload"),
    "placements.resume":            allow(C,                    whose="own caseload"),
    "placements.end":               allow(C,                    whose="own caseload"),
    "policy.all":                   allow(Role.ADMIN, Role.FINANCE, whose="own municipality"),
    "policy.setting":               allow(Role.ADMIN, Role.FINANCE, whose="own municipality"),
    "policy.plan":                  allow(Role.ADMIN,           whose="own municipality"),
    "policy.decide":                allow(Role.ADMIN, Role.FINANCE, whose="own municipality, planned by somebody else"),
    "policy.withdraw":              allow(Role.ADMIN,           whose="own municipality"),
    "hours.disputes":               allow(C,                    whose="own caseload"),
    "hours.rule":                   allow(C,                    whose="own caseload"),
}  # fmt: skip


def may(person: HasRole | None, endpoint: str) -> bool:
    """Whether this person, in the role they work in now, may use this address at all."""
    if endpoint in PUBLIC:
        return True
    permission = PERMISSIONS.get(endpoint)
    return permission is not None and person is not None and person.role in permission.roles
