"""The register of processing (AVG art. 30): of every table whose data it holds, what for, on what ground, how long, and who sees it.

One's own data (`export.py`) and the page of the register are made from this and from the models themselves. A table that is not
described, or a column that points at a person and is not named here, fails a test: nothing about somebody can be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from webapp.foundation.texts import N_

NOTHING: Mapping[str, str] = MappingProxyType({})

# legal grounds
TASK = N_("Public task: Participatiewet art. 7 and 10 (AVG art. 6 lid 1 e)")
MONEY = N_("Legal duty: Participatiewet art. 31 and the tax laws (AVG art. 6 lid 1 c)")
SAFE = N_("Legal duty: to keep data safe and to answer for it (AVG art. 5 lid 2 and 32)")
ASKED = N_("Legal duty: rights of the person (AVG art. 15 to 17)")
NOBODY = N_("No data about a person")


class Described(NamedTuple):
    """One table. `person`: columns that say whose row it is; `others`: columns that name somebody else, with why.

    `left_out`: columns that are not in one's own data, with why. `keeps`: the kind of `retention.py` that removes its rows; "" is as long
    as the person is known, "always" is for what names nobody. `sees`: roles, beside the participant.
    """

    whose: str
    purpose: str
    basis: str
    keeps: str
    sees: str
    person: tuple[str, ...] = ()
    others: Mapping[str, str] = NOTHING
    left_out: Mapping[str, str] = NOTHING


SECRET = "it would let somebody sign in, or read a message, in your place"  # noqa: S105 - a reason, not a secret
SEALED = "sealed: only the payment itself opens it"
CHAIN = "it only proves that nobody changed the row"
WORKERS, PEOPLE, EMPLOYERS, NOBODYS = N_("People at work"), N_("Participants"), N_("Employers"), N_("Nobody")
BOTH = N_("Participants and people at work")
REPORTERS = N_("Whoever reported something")
C, SC, CF, SCF, A, NONE = (
    N_("case manager"), N_("supervisor, case manager"), N_("case manager, finance"), N_("supervisor, case manager, finance"), N_("administrator"), N_("nobody else"),
)  # fmt: skip

TABLES = {
    # people
    "municipality": Described(NOBODYS, N_("The municipality itself"), NOBODY, "always", SCF),
    "account": Described(BOTH, N_("To know somebody, speak their language and reach them"), TASK, "client_file", SCF, person=("id",)),
    "membership": Described(BOTH, N_("As what somebody may work here, and where"), TASK, "client_file", A, person=("account_id",)),
    "sign_in": Described(BOTH, N_("To keep somebody signed in on their device"), SAFE, "sign_in", NONE, person=("membership_id",), left_out={"id": SECRET}),
    "participant_file": Described(PEOPLE, N_("To look for work that fits, and to apply the age rules"), TASK, "client_file", C, person=("account_id",), others={"case_manager_id": "who helps you", "wishes_told_by": "who wrote down your wishes"}),
    "absence": Described(WORKERS, N_("Who does whose work for a while"), TASK, "", SC, person=("account_id",), others={"stand_in_id": "who stands in"}),
    "bank_account": Described(PEOPLE, N_("To pay the premium"), MONEY, "former_account", N_("finance: the last four"), person=("participant_id",), others={"changed_by": "who gave the account"}, left_out={"sealed_iban": SEALED, "digest": SEALED}),
    "citizen_number": Described(PEOPLE, N_("Only where the terms of the municipality need it"), TASK, "client_file", NONE, person=("account_id",), others={"set_by": "who recorded it"}, left_out={"sealed": SEALED}),
    "employer": Described(EMPLOYERS, N_("Who has work"), TASK, "", SCF),
    "establishment": Described(EMPLOYERS, N_("Where the work is"), TASK, "", SCF),
    "shared_tablet": Described(EMPLOYERS, N_("A device that supervisors share"), SAFE, "", N_("supervisor"), others={"made_by": "who made it a shared device"}),
    "tablet_pin": Described(WORKERS, N_("To sign in on a shared device"), SAFE, "", NONE, person=("account_id",), left_out={"pin_hash": SECRET}),
    # terms
    "regulation": Described(NOBODYS, N_("Published rules"), NOBODY, "always", SCF),
    "term": Described(NOBODYS, N_("What the municipality decided"), NOBODY, "always", SCF),
    "term_change": Described(WORKERS, N_("Who planned and approved a term"), TASK, "always", N_("administrator, finance"), others={"proposed_by": "who planned it", "decided_by": "who approved it", "withdrawn_by": "who took it back"}),
    # history
    "history": Described(BOTH, N_("To show who changed or opened what"), SAFE, "always", A, person=("actor_id", "subject_id"), left_out={"hash": CHAIN, "previous_hash": CHAIN}),
    "history_words": Described(BOTH, N_("Reasons and notes beside the history"), SAFE, "client_file", A, person=("actor_id", "subject_id"), left_out={"salt": CHAIN}),
    "history_anchor": Described(NOBODYS, N_("To prove that nothing was cut off the history"), NOBODY, "always", A),
    # messages
    "notification": Described(BOTH, N_("To tell somebody what happened"), TASK, "message", NONE, person=("account_id",)),
    "delivery": Described(BOTH, N_("To carry a message"), TASK, "message", NONE, person=("account_id",)),
    "push_subscription": Described(BOTH, N_("To reach somebody's phone"), TASK, "client_file", NONE, person=("account_id",), left_out={"endpoint": SECRET, "p256dh": SECRET, "auth": SECRET}),
    "quiet_hours": Described(BOTH, N_("When somebody wants no messages"), TASK, "client_file", NONE, person=("account_id",)),
    "server_key": Described(NOBODYS, N_("Keys of the installation"), NOBODY, "always", NONE),
    # work
    "work_request": Described(EMPLOYERS, N_("Work an employer asks people for"), TASK, "", SCF, others={"guide_id": "who helps at work"}),
    "request_draft": Described(EMPLOYERS, N_("A request for people that is not sent yet"), TASK, "request_draft", N_("supervisor"), others={"made_by": "who typed it"}),
    "request_decision": Described(EMPLOYERS, N_("What was decided about a request"), TASK, "", SC, others={"decided_by": "who decided"}),
    "request_question": Described(EMPLOYERS, N_("What an official asks about a request, and the answer"), TASK, "", SC, others={"asked_by": "who asked", "answered_by": "who answered"}),
    "offer": Described(PEOPLE, N_("To propose work and hear the free answer"), TASK, "offer", C, person=("participant_id",), others={"case_manager_id": "who offered it"}, left_out={"sealed": "your own answer stands beside it, opened"}),
    "offer_total": Described(NOBODYS, N_("Totals of offers, per month"), NOBODY, "always", N_("council")),
    "placement": Described(PEOPLE, N_("Work that somebody does, with decision and insurance"), TASK, "client_file", SCF, person=("participant_id",), others={"supervisor_id": "who helps you at work", "decided_by": "who decided"}),
    "planned_shift": Described(PEOPLE, N_("When somebody works"), TASK, "client_file", SC, person=("participant_id",)),
    "agreement": Described(PEOPLE, N_("What was agreed about a place, in every version"), TASK, "client_file", SC, person=("placement_id",), left_out={"digest": CHAIN}),
    "agreement_signature": Described(PEOPLE, N_("Who agreed to it, and when"), TASK, "client_file", SC, person=("placement_id",), others={"account_id": "who signed"}),
    "placement_change": Described(PEOPLE, N_("Other hours in a place, from a day on"), TASK, "client_file", SC, person=("placement_id",), others={"decided_by": "who decided"}),
    "placement_pause": Described(PEOPLE, N_("Days without work in between"), TASK, "client_file", SC, person=("placement_id",), others={"recorded_by": "who recorded it"}),
    "placement_end": Described(PEOPLE, N_("How a place ended, and what comes next"), TASK, "client_file", C, person=("placement_id",), others={"decided_by": "who decided"}),
    "shift_absence": Described(PEOPLE, N_("Days on which somebody could not come"), TASK, "client_file", SC, person=("participant_id",)),
    "calendar_feed": Described(PEOPLE, N_("The own calendar at a secret address"), TASK, "client_file", NONE, person=("participant_id",), left_out={"digest": SECRET}),
    "hours_entry": Described(PEOPLE, N_("Hours that were worked, confirmed, corrected or disputed"), TASK, "client_file", SCF, person=("participant_id",), others={"confirmed_by": "who confirmed", "corrected_by": "who corrected", "ruled_by": "who decided"}),
    "check_in": Described(PEOPLE, N_("To fill in hours from a tap"), TASK, "check_in", NONE, person=("participant_id",)),
    # premium
    "ledger_line": Described(PEOPLE, N_("The premium that work earns"), MONEY, "client_file", CF, person=("participant_id",)),
    "other_premium": Described(PEOPLE, N_("Premiums of other schemes count for the same maximum"), MONEY, "client_file", CF, person=("participant_id",), others={"recorded_by": "who recorded it"}),
    "milestone_reached": Described(PEOPLE, N_("Points somebody reached"), TASK, "client_file", C, person=("participant_id",)),
    # privacy
    "data_request": Described(PEOPLE, N_("Questions about one's own data, and the answers"), ASKED, "data_request", N_("case manager, administrator"), person=("participant_id",), others={"answered_by": "who answered"}),
    "legal_hold": Described(PEOPLE, N_("What may not be erased yet, and why"), SAFE, "always", A, person=("participant_id",), others={"made_by": "who decided it", "ended_by": "who ended it"}),
    # getting in
    "invitation": Described(BOTH, N_("To let somebody in who was invited"), SAFE, "client_file", N_("case manager, administrator"), person=("account_id", "membership_id"), others={"made_by": "who invited you"}, left_out={"code_mark": SECRET}),
    "passkey": Described(BOTH, N_("To open the app with a finger or face"), SAFE, "client_file", NONE, person=("account_id",), left_out={"credential_id": SECRET, "public_key": SECRET}),
    "secret": Described(BOTH, N_("To open the app with a pin or a password"), SAFE, "client_file", NONE, person=("account_id",), left_out={"secret_hash": SECRET, "totp_sealed": SECRET, "totp_step": SECRET, "contact_mark": SECRET}),
    "recovery_code": Described(NOBODYS, N_("To get in without the second step, once"), SAFE, "client_file", NONE, left_out={"code_mark": SECRET}),
    "one_time_code": Described(BOTH, N_("A code to type when signing in"), SAFE, "sign_in", NONE, person=("account_id",), left_out={"code_mark": SECRET, "contact_mark": SECRET, "challenge_id": SECRET}),
    "kept_form": Described(BOTH, N_("To give back what was typed when the sign-in had ended"), SAFE, "sign_in", NONE, person=("membership_id",), left_out={"sealed": SECRET}),
    "outgoing": Described(BOTH, N_("Letters and codes on their way"), SAFE, "message", N_("case manager, administrator"), person=("account_id",), left_out={"sealed": SECRET}),
    "attempts": Described(NOBODYS, N_("To slow down who guesses codes"), SAFE, "always", NONE),
    "passkey_question": Described(NOBODYS, N_("A question to a device that signs in"), SAFE, "always", NONE),
    "sign_on_provider": Described(NOBODYS, N_("Which providers of sign-on a municipality trusts"), NOBODY, "always", NONE),
    "sign_on_attempt": Described(NOBODYS, N_("A sign-on under way, for ten minutes"), SAFE, "sign_in", NONE),
    "sign_on_link": Described(BOTH, N_("Who somebody is at a provider of sign-on"), SAFE, "client_file", NONE, person=("account_id",), left_out={"subject_mark": SECRET, "key_mark": CHAIN}),
    # growth and paid work
    "feedback": Described(PEOPLE, N_("What a supervisor tells about a week"), TASK, "client_file", SC, person=("participant_id",), others={"observer_id": "who told it"}),
    "own_view": Described(PEOPLE, N_("How somebody sees their own week"), TASK, "client_file", C, person=("participant_id",)),
    "workplace_rating": Described(PEOPLE, N_("What somebody thinks of a workplace"), TASK, "client_file", C, person=("participant_id",)),
    "task_shown": Described(PEOPLE, N_("Tasks somebody can do"), TASK, "client_file", SC, person=("participant_id",), others={"shown_by": "who saw it"}),
    "signal": Described(PEOPLE, N_("A signal that asks a case manager to look"), TASK, "client_file", C, person=("participant_id",), others={"asked_id": "who was asked to look too"}),
    "signal_decision": Described(PEOPLE, N_("What was decided about a signal, and why"), TASK, "client_file", C, person=("participant_id",), others={"decided_by": "who decided"}),
    "objection": Described(PEOPLE, N_("Asking somebody to look again"), TASK, "client_file", C, person=("participant_id",), others={"asked_id": "who looks again", "answered_by": "who answered"}),
    "route": Described(PEOPLE, N_("The way to paid work"), TASK, "client_file", C, person=("participant_id",), others={"opened_by": "who wrote it down"}),
    "route_task": Described(PEOPLE, N_("Steps on the way to paid work"), TASK, "client_file", C, person=("participant_id",), others={"done_by": "who did it"}),
    "outflow": Described(PEOPLE, N_("Paid work that somebody found"), TASK, "client_file", C, person=("participant_id",), others={"recorded_by": "who recorded it"}),
    "outflow_check": Described(PEOPLE, N_("Whether somebody still works there"), TASK, "client_file", C, person=("participant_id",), others={"answered_by": "who answered"}),
    "reference": Described(PEOPLE, N_("A few words about somebody's work"), TASK, "client_file", N_("supervisor"), person=("participant_id",), others={"by_id": "who wrote it"}),
    "certificate": Described(PEOPLE, N_("A work certificate as it was given out"), TASK, "client_file", N_("whoever somebody shows it to"), person=("participant_id",), left_out={"signature": CHAIN}),
    "certificate_share": Described(PEOPLE, N_("A link to a work certificate"), TASK, "client_file", NONE, person=("participant_id",), left_out={"token_digest": SECRET}),
    "cv": Described(PEOPLE, N_("An own CV, in own words"), TASK, "client_file", NONE, person=("account_id",)),
    # money out and in
    "payout_run": Described(WORKERS, N_("A payment to many people at once"), MONEY, "always", N_("finance"), others={"settles_id": "whose last payment it is", "prepared_by": "who prepared it", "approved_by": "who approved it", "sent_back_by": "who sent it back"}),
    "payout": Described(PEOPLE, N_("A payment of premium"), MONEY, "client_file", CF, person=("participant_id",), others={"decided_by": "who decided"}),
    "run_remark": Described(PEOPLE, N_("What finance looks at before a payment"), MONEY, "client_file", N_("finance"), person=("participant_id",)),
    "outside_checker": Described(WORKERS, N_("Who checks payments from outside"), SAFE, "", N_("finance, administrator"), person=("membership_id",), others={"registered_by": "who registered it"}),
    "request_statement": Described(EMPLOYERS, N_("What an employer states about work that is asked for"), TASK, "", SCF, others={"stated_by": "who stated it"}),
    "assessment": Described(PEOPLE, N_("Whether a place is on top of ordinary jobs"), TASK, "client_file", C, person=("participant_id",), others={"made_by": "at whose step it was looked at"}),
    "safeguard_override": Described(EMPLOYERS, N_("What was judged about a place, and why"), TASK, "", C, others={"decided_by": "who judged it", "second_by": "who looked at it as second"}),
    "employer_restriction": Described(EMPLOYERS, N_("Which employers get nobody for a while"), TASK, "", C, others={"made_by": "who decided it", "lifted_by": "who ended it"}),
    "placement_tariff": Described(EMPLOYERS, N_("What an employer pays for an hour"), TASK, "", SCF, others={"recorded_by": "who recorded it"}),
    "billing_address": Described(EMPLOYERS, N_("Where invoices go"), MONEY, "", N_("finance, administrator"), others={"updated_by": "who changed it"}),
    "invoice_run": Described(EMPLOYERS, N_("Making the invoices of a month"), MONEY, "always", N_("finance"), others={"started_by": "who started it"}),
    "invoice": Described(EMPLOYERS, N_("What an employer has to pay"), MONEY, "always", N_("supervisor, finance, administrator"), others={"issued_by": "who issued it"}),
    "invoice_line": Described(EMPLOYERS, N_("The hours of a place on an invoice"), MONEY, "always", N_("supervisor, finance, administrator")),
    "billed_hours": Described(EMPLOYERS, N_("Which hours stand on which invoice"), MONEY, "always", N_("finance")),
    "invoice_file": Described(EMPLOYERS, N_("An invoice as it was sent"), MONEY, "always", N_("supervisor, finance, administrator")),
    "invoice_mail": Described(EMPLOYERS, N_("Sending an invoice or a reminder"), MONEY, "always", N_("finance"), others={"asked_by": "who sent it"}),
    "invoice_receipt": Described(EMPLOYERS, N_("What came in at the bank"), MONEY, "always", N_("finance"), others={"matched_by": "who matched it", "recorded_by": "who recorded it"}),
    "invoice_counter": Described(NOBODYS, N_("The next number of an invoice"), NOBODY, "always", NONE),
    "programme_cost": Described(NOBODYS, N_("What the programme costs"), NOBODY, "always", N_("finance, administrator"), others={"recorded_by": "who recorded it", "withdrawn_by": "who withdrew it"}),
    # watching
    "report_case": Described(REPORTERS, N_("Reports about work, by whoever saw something"), TASK, "report_words", N_("case manager, administrator"), others={"assigned_to": "who looks into it", "closed_by": "who finished it"}, left_out={"form_mark": SECRET, "code_mark": SECRET}),
    "report_message": Described(REPORTERS, N_("What was written about a report"), TASK, "report_words", N_("case manager, administrator"), others={"written_by": "who wrote it"}),
    "open_total": Described(NOBODYS, N_("Totals of a quarter that everybody may read"), NOBODY, "always", N_("everybody")),
    "retention_run": Described(NOBODYS, N_("How much was erased in a night"), NOBODY, "always", A),
}  # fmt: skip
