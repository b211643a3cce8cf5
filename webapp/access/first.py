"""The first person of the office: invited from the shell, because nobody is in yet who could invite."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from webapp.access import invitations, rules
from webapp.foundation.clock import day_of
from webapp.foundation.ids import new_id
from webapp.foundation.sealing import KeyRing
from webapp.people.actions import account_with_handle, memberships_of
from webapp.people.models import Municipality
from webapp.permissions import Role
from webapp.terms.actions import terms_of


class NotInvited(Exception):
    """Nobody was invited; the message says why, for the operator."""


class Operator(NamedTuple):
    """At the shell, in the name of the person who is invited."""

    id: uuid.UUID
    role: str = "operator"


def invite_first(db: Session, keys: KeyRing, handle: str, *, now: datetime) -> str:
    """A code for somebody of the office, to type at /start. `handle`: municipality-reference, as in the import. Raises NotInvited."""
    account = account_with_handle(db, handle)
    if account is None:
        raise NotInvited(f"nobody is known as {handle}: it is MUNICIPALITY-REFERENCE, as in the file that was imported")
    offices = [one for one in memberships_of(db, account.id, day_of(now)) if one.role not in (Role.PARTICIPANT, Role.SUPERVISOR)]
    if not offices:
        raise NotInvited(f"{handle} does not work for the municipality; an admin or case manager invites them")
    own = db.get(Municipality, account.municipality_id)
    assert own is not None and own.id is not None
    agreed = terms_of(db, own.id, own.terms_token).invitation(day_of(now))
    _made, code = invitations.invite(db, keys, new_id(), offices[0], kind="mail", agreed=agreed, by=Operator(account.id), now=now)
    assert code is not None
    return rules.shown_code(code)
