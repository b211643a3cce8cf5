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


P, S, C, F, A, K = Role.PARTICIPANT, Role.SUPERVISOR, Role.CASE_MANAGER, Role.FINANCE, Role.ADMIN, Role.COUNCIL
EVERYBODY = tuple(Role)

PUBLIC = frozenset({
    "static", "pages.home", "pages.accessibility", "pages.language", "pages.choose_language", "pages.security_txt", "pages.healthz", "pages.readyz", "pages.metrics",
    "people.sign_out", "people.demo", "people.demo_sign_in",
    "pwa.manifest", "pwa.service_worker", "pwa.offline",
    "employer.tablet", "employer.open_tablet",
    "sso.choose", "sso.start", "sso.back", "sso.finish",
    "certificate.verify", "certificate.verify_code", "certificate.shared", "certificate.shared_paper",
    "access.start", "access.start_with", "access.check_code", "access.birth", "access.check_birth", "access.choose_language", "access.keep_language",
    "access.what_this_is", "access.lock", "access.passkey_options", "access.make_passkey", "access.contact", "access.send_code", "access.choose_pin",
    "access.set_pin", "access.choose_password", "access.set_password",
    "access.sign_in", "access.ask_code", "access.type_code", "access.sign_in_with_code", "access.sign_in_options", "access.sign_in_with_passkey",
    "access.type_password", "access.sign_in_with_password",
    "privacy.who_sees",
    "reports.tell", "reports.send", "reports.follow", "reports.look", "reports.add_words",
    "reports.open_data", "reports.open_data_csv", "reports.open_data_json", "reports.open_data_described",
    "placements.feed",
})  # fmt: skip

PERMISSIONS = {
    # endpoint                      who may                     whose records
    "people.roles":                 allow(*EVERYBODY,           whose="own"),
    "people.work_as":               allow(*EVERYBODY,           whose="own"),
    "people.theme":                 allow(*EVERYBODY,           whose="own"),
    "access.devices":               allow(*EVERYBODY,           whose="own"),
    "access.end_device":            allow(*EVERYBODY,           whose="own"),
    "access.end_all_devices":       allow(*EVERYBODY,           whose="own"),
    "access.end_passkey":           allow(*EVERYBODY,           whose="own"),
    "access.kept_form":             allow(*EVERYBODY,           whose="own"),
    "access.send_kept_form":        allow(*EVERYBODY,           whose="own"),
    "notifications.inbox":          allow(*EVERYBODY,           whose="own"),
    "notifications.read":           allow(*EVERYBODY,           whose="own"),
    "notifications.settings":       allow(*EVERYBODY,           whose="own"),
    "notifications.save_settings":  allow(*EVERYBODY,           whose="own"),
    "notifications.save_quiet":     allow(*EVERYBODY,           whose="own"),
    "notifications.subscribe":      allow(*EVERYBODY,           whose="own"),
    "notifications.unsubscribe":    allow(*EVERYBODY,           whose="own"),

    "participant.today":                  allow(P,                    whose="own"),
    "participant.me":                     allow(P,                    whose="own"),
    "participant.wishes":                 allow(P,                    whose="own"),
    "participant.save_wishes":            allow(P,                    whose="own"),
    "offers.mine":                  allow(P,                    whose="own"),
    "placements.offer":             allow(P,                    whose="own"),
    "placements.answer":            allow(P,                    whose="own"),
    "placements.calendar":          allow(P,                    whose="own"),
    "placements.leaving":           allow(P,                    whose="own placement"),
    "placements.stop":              allow(P,                    whose="own placement"),
    "placements.agreement":         allow(P, S, C,              whose="own placement; own workplace; own caseload"),
    "placements.agreement_paper":   allow(P, S, C,              whose="own placement; own workplace; own caseload"),
    "placements.sign":              allow(P, S, C,              whose="own placement; own workplace; own caseload"),
    "placements.unsign":            allow(P, S, C,              whose="own placement, own signature; own workplace, own signature; own caseload, own signature"),
    "placements.absence":           allow(P,                    whose="own, a shift"),
    "placements.cannot_come":       allow(P,                    whose="own, a shift"),
    "placements.can_come":          allow(P,                    whose="own, a shift"),
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
    "privacy.looks":                allow(P,                    whose="own"),
    "privacy.account":              allow(P,                    whose="own"),
    "privacy.change_account":       allow(P,                    whose="own"),
    "privacy.data":                 allow(P,                    whose="own"),
    "privacy.data_json":            allow(P,                    whose="own"),
    "privacy.data_pdf":             allow(P,                    whose="own"),
    "privacy.ask_correction":       allow(P,                    whose="own"),
    "privacy.leaving":              allow(P,                    whose="own"),
    "privacy.ask_erasure":          allow(P,                    whose="own"),

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
    "growth.ask":                   allow(S,                    whose="own workplace"),
    "growth.give":                  allow(S,                    whose="own workplace"),
    "growth.wants_to_hire":         allow(S,                    whose="own workplace"),

    "growth.mine":                  allow(P,                    whose="own"),
    "growth.own_view":              allow(P,                    whose="own"),
    "growth.rate":                  allow(P,                    whose="own placement"),
    "growth.answer":                allow(P,                    whose="own"),
    "growth.object_to":             allow(P,                    whose="own"),
    "growth.task_done":             allow(P, C,                 whose="own; own caseload"),
    "growth.still":                 allow(P,                    whose="own"),
    "growth.say_still":             allow(P, C,                 whose="own; own caseload"),

    "caseload.signals":             allow(C,                    whose="own caseload"),
    "caseload.signal":              allow(C,                    whose="own caseload, or asked"),
    "caseload.decide":              allow(C,                    whose="own caseload, or asked"),
    "caseload.second":              allow(C,                    whose="own caseload, or asked"),
    "caseload.objection":           allow(C,                    whose="own caseload, or asked"),
    "caseload.answer_objection":    allow(C,                    whose="own caseload, or asked"),
    "caseload.open_route":          allow(C,                    whose="own caseload"),
    "caseload.route":               allow(C,                    whose="own caseload"),
    "caseload.last_day":            allow(C,                    whose="own caseload"),
    "caseload.outflow":             allow(C,                    whose="own caseload"),
    "caseload.stop_route":          allow(C,                    whose="own caseload"),
    "caseload.cover":               allow(C,                    whose="own"),
    "caseload.arrange_cover":       allow(C,                    whose="own"),
    "caseload.end_cover":           allow(C,                    whose="own"),
    "caseload.hand_over":           allow(C, Role.ADMIN,        whose="own caseload; own municipality"),
    "caseload.give_over":           allow(C, Role.ADMIN,        whose="own caseload; own municipality"),
    "caseload.keys":                allow(C,                    whose="own"),
    "caseload.participants":        allow(C,                    whose="own caseload"),
    "caseload.participant":         allow(C,                    whose="own caseload"),
    "caseload.other_premium":       allow(C,                    whose="own caseload"),
    "caseload.wishes":              allow(C,                    whose="own caseload"),
    "caseload.save_wishes":         allow(C,                    whose="own caseload"),
    "requests.all":                 allow(C,                    whose="own municipality"),
    "employer.count_staff":         allow(S,                    whose="own workplace"),
    "requests.own":                 allow(S,                    whose="own workplace"),
    "requests.begin":               allow(S,                    whose="own workplace"),
    "requests.step":                allow(S,                    whose="own workplace"),
    "requests.keep_step":           allow(S,                    whose="own workplace"),
    "requests.summary":             allow(S,                    whose="own workplace"),
    "requests.send":                allow(S,                    whose="own workplace"),
    "requests.throw_away":          allow(S,                    whose="own workplace"),
    "requests.own_request":         allow(S,                    whose="own workplace"),
    "requests.end_own":             allow(S,                    whose="own workplace"),
    "requests.answer":              allow(S,                    whose="own workplace"),
    "requests.ask_back":            allow(C,                    whose="own municipality"),
    "requests.show":                allow(C,                    whose="own municipality"),
    "requests.decide":              allow(C,                    whose="own municipality"),
    "placements.matching":          allow(C,                    whose="own municipality, own caseload"),
    "placements.offer_to":          allow(C,                    whose="own caseload"),
    "placements.displacement":      allow(C, Role.ADMIN,        whose="own municipality"),
    "placements.judge":             allow(C, Role.ADMIN,        whose="own municipality, as second judged by somebody else"),
    "placements.statement":         allow(C,                    whose="own municipality"),
    "placements.state":             allow(C,                    whose="own municipality"),
    "placements.displacement_of":   allow(C,                    whose="own caseload"),
    "placements.judge_of":          allow(C,                    whose="own caseload, as second judged by somebody else"),
    "placements.starting":          allow(C,                    whose="own caseload"),
    "placements.prepare":           allow(C,                    whose="own caseload"),
    "access.invitation":            allow(C,                    whose="own caseload"),
    "access.make_letter":           allow(C,                    whose="own caseload"),
    "access.record_birth_date":     allow(C,                    whose="own caseload"),
    "access.phone_lost":            allow(C,                    whose="own caseload"),
    "access.print_letter":          allow(C, A,                 whose="own caseload; own municipality"),
    "access.mark_printed":          allow(C, A,                 whose="own caseload; own municipality"),
    "access.people":                allow(A,                    whose="own municipality"),
    "access.inviting":              allow(A,                    whose="own municipality"),
    "access.invite":                allow(A,                    whose="own municipality"),
    "access.shut_out":              allow(A,                    whose="own municipality"),
    "access.outbox":                allow(A,                    whose="own municipality"),
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

    "privacy.requests":             allow(C, A,                 whose="own caseload; own municipality"),
    "privacy.answer":               allow(C, A,                 whose="own caseload; own municipality"),
    "privacy.citizen_number":       allow(C,                    whose="own caseload, where the terms need it"),
    "privacy.keep_citizen_number":  allow(C,                    whose="own caseload, where the terms need it"),
    "privacy.retention_overview":   allow(A,                    whose="own municipality, no personal data of what went"),
    "privacy.hold":                 allow(A,                    whose="own municipality"),
    "privacy.end_hold":             allow(A,                    whose="own municipality"),
    "privacy.register":             allow(A,                    whose="none: what is kept, of whom and why"),
    "reports.overview":             allow(C, A, F,              whose="own municipality"),
    "reports.employer":             allow(C, A, F,              whose="own municipality"),
    "reports.restrict":             allow(C, A,                 whose="own municipality"),
    "reports.lift":                 allow(C, A,                 whose="own municipality"),
    "reports.all_cases":            allow(C, A,                 whose="own municipality"),
    "reports.case":                 allow(C, A,                 whose="own municipality"),
    "reports.take":                 allow(C, A,                 whose="own municipality"),
    "reports.link":                 allow(C, A,                 whose="own municipality"),
    "reports.note":                 allow(C, A,                 whose="own municipality"),
    "reports.answer":               allow(C, A,                 whose="own municipality"),
    "reports.close":                allow(C, A,                 whose="own municipality"),
    "reports.reopen":               allow(C, A,                 whose="own municipality"),
    "council.report":               allow(K, C, A, F,           whose="own municipality, no names"),
    "council.report_csv":           allow(K, C, A, F,           whose="own municipality, no names"),
    "council.report_pdf":           allow(K, C, A, F,           whose="own municipality, no names"),
    "office.history":               allow(A,                    whose="own municipality"),
    "office.history_csv":           allow(A,                    whose="own municipality"),
    "payouts.all_runs":             allow(F,                    whose="own municipality"),
    "payouts.prepare":              allow(F,                    whose="own municipality; not from outside"),
    "payouts.show":                 allow(F,                    whose="own municipality"),
    "payouts.approve":              allow(F,                    whose="own municipality; not one's own run"),
    "payouts.send_back":            allow(F,                    whose="own municipality"),
    "payouts.bank_file":            allow(F,                    whose="own municipality"),
    "payouts.person":               allow(F,                    whose="own municipality"),
    "payouts.hold":                 allow(F,                    whose="own municipality"),
    "payouts.take_return":          allow(F,                    whose="own municipality"),
    "payouts.take_returns":         allow(F,                    whose="own municipality"),
    "payouts.own":                  allow(P,                    whose="own"),
    "payouts.statement":            allow(P,                    whose="own"),
    "payouts.year":                 allow(P,                    whose="own"),
    "payouts.checkers":             allow(A,                    whose="own municipality"),
    "payouts.add_checker":          allow(A,                    whose="own municipality"),
    "payouts.end_checker":          allow(A,                    whose="own municipality"),
    "bookkeeping.overview":              allow(F, A,                 whose="own municipality, no names"),
    "bookkeeping.costs":                 allow(F, A,                 whose="own municipality, no names"),
    "bookkeeping.enter_cost":            allow(F, A,                 whose="own municipality"),
    "bookkeeping.withdraw_cost":         allow(F, A,                 whose="own municipality"),
    "bookkeeping.exports":               allow(F, A,                 whose="own municipality"),
    "bookkeeping.hours_csv":             allow(F, A,                 whose="own municipality"),
    "bookkeeping.ledger_csv":            allow(F, A,                 whose="own municipality"),
    "bookkeeping.invoices_xlsx":         allow(F, A,                 whose="own municipality"),
    "bookkeeping.audit_file":            allow(F, A,                 whose="own municipality"),
    "invoices.all":                 allow(F, A,                 whose="own municipality"),
    "invoices.issue":               allow(F, A,                 whose="own municipality"),
    "invoices.progress":            allow(F, A,                 whose="own municipality"),
    "invoices.go_on":               allow(F, A,                 whose="own municipality"),
    "invoices.send":                allow(F, A,                 whose="own municipality"),
    "invoices.show":                allow(F, A,                 whose="own municipality"),
    "invoices.pdf":                 allow(F, A, S,              whose="own municipality; own municipality; own workplace"),
    "invoices.xml":                 allow(F, A, S,              whose="own municipality; own municipality; own workplace"),
    "invoices.send_one":            allow(F, A,                 whose="own municipality"),
    "invoices.paid":                allow(F, A,                 whose="own municipality"),
    "invoices.address":             allow(F, A,                 whose="own municipality"),
    "invoices.save_address":        allow(F, A,                 whose="own municipality"),
    "invoices.receipts":            allow(F, A,                 whose="own municipality"),
    "invoices.bring_in":            allow(F, A,                 whose="own municipality"),
    "invoices.place":               allow(F, A,                 whose="own municipality"),
}  # fmt: skip


def may(person: HasRole | None, endpoint: str) -> bool:
    """Whether this person, in the role they work in now, may use this address at all."""
    if endpoint in PUBLIC:
        return True
    permission = PERMISSIONS.get(endpoint)
    return permission is not None and person is not None and person.role in permission.roles
