"""What a file was opened for, in words for the person it is about."""

from __future__ import annotations

from webapp.foundation.texts import N_, gettext

PURPOSES = {
    "caseload": N_("To help you with work"),
    "hours": N_("To look at your hours of one day"),
    "dispute": N_("To decide about hours you did not agree on"),
    "correcting": N_("To correct your hours of one day"),
    "start": N_("To prepare the start of your work"),
    "history": N_("To check who saw or changed something"),
    "request": N_("To answer your question about your data"),
    "number": N_("To write down your citizen service number"),
    "work": N_("For your work or your premium"),
}
EXPORTS = {
    "history": N_("A list of who saw or changed something was saved. It is about everybody."),
    "hours": N_("A list of the hours of everybody was saved."),
    "records": N_("A list about everybody was saved."),
}


def purpose_words(purpose: str) -> str:
    """The purpose as a person reads it; one nobody wrote words for is work."""
    return gettext(PURPOSES.get(purpose, PURPOSES["work"]))


def export_words(what: str) -> str:
    return gettext(EXPORTS.get(what, EXPORTS["records"]))
