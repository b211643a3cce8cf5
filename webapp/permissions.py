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
    """The roles that may use an address, and in words whose records they then see.

    `whose` says it once for all of them, or for each in their order: "own; own workplace; own caseload".
    tests/house/test_rights.py holds every address to these words.
    """

    roles: tuple[Role, ...]
    whose: str

    def whose_for(self, role: str) -> str:
        """Whose records this role sees here, in words of the table."""
        parts = self.whose.split("; ")
        return parts[self.roles.index(Role(role))] if len(parts) > 1 else parts[0]


class HasRole(Protocol):
    @property
    def role(self) -> str: ...


def allow(*roles: Role, whose: str) -> Permission:
    return Permission(roles, whose)


P, S, C = Role.PARTICIPANT, Role.SUPERVISOR, Role.CASE_MANAGER
EVERYBODY = tuple(Role)

PUBLIC = frozenset({
    "static", "pages.home", "pages.accessibility", "pages.language", "pages.choose_language", "pages.healthz", "pages.readyz", "pages.metrics", "pages.security_txt",
    "people.sign_in", "people.sign_out", "people.demo", "people.demo_sign_in",
    "pwa.manifest", "pwa.service_worker", "pwa.offline",
    "employer.tablet", "employer.open_tablet",
    "sso.choose", "sso.start", "sso.back", "sso.finish",
    "certificate.verify", "certificate.verify_code", "certificate.shared", "certificate.shared_paper",
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
    "hours.mine":                   allow(P,                    whose="own"),
    "hours.show":                   allow(P, S, C,              whose="own; own workplace; own caseload"),
    "hours.log":                    allow(P,                    whose="own placement"),
    "hours.check_in":               allow(P,                    whose="own placement"),
    "hours.check_out":              allow(P,                    whose="own placement"),
    "hours.withdraw":               allow(P,                    whose="own"),
    "hours.respond":                allow(P,                    whose="own"),
    "participant.premium":                allow(P,                    whose="own"),

    "certificate.mine":             allow(P,                    whose="own"),
    "certificate.issue":            allow(P,                    whose="own"),
    "certificate.paper_of":           allow(P,                    whose="own"),
    "certificate.withdraw":         allow(P,                    whose="own"),
    "certificate.share":            allow(P,                    whose="own"),
    "certificate.end_shares":       allow(P,                    whose="own"),
    "certificate.ask":              allow(P,                    whose="own placement"),
    "certificate.show_words":       allow(P,                    whose="own placement"),
    "certificate.writing":          allow(S,                    whose="own workplace"),
    "certificate.write":            allow(S,                    whose="own workplace"),
    "certificate.cv":               allow(P,                    whose="own"),
    "certificate.save_cv":          allow(P,                    whose="own"),
    "certificate.cv_paper":         allow(P,                    whose="own"),
    "certificate.cv_data":          allow(P,                    whose="own"),

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
    "hours.disputes":               allow(C,                    whose="own caseload"),
    "hours.rule":                   allow(C,                    whose="own caseload"),
}  # fmt: skip


def may(person: HasRole | None, endpoint: str) -> bool:
    """Whether this person, in the role they work in now, may use this address at all."""
    if endpoint in PUBLIC:
        return True
    permission = PERMISSIONS.get(endpoint)
    return permission is not None and person is not None and person.role in permission.roles
