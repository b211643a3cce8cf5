"""Getting in, in the demo: colleagues can be invited by mail, and one letter waits in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.access import invitations, letter
from webapp.foundation.clock import day_of
from webapp.foundation.ids import new_id
from webapp.foundation.sealing import KeyRing
from webapp.foundation.settings import Settings
from webapp.notifications import outgoing
from webapp.people.models import Account, Membership

if TYPE_CHECKING:
    from webapp.demo import Town

INVITED, BY = "participant-8", "case-manager-2"


def fill_access(town: Town, settings: Settings) -> None:
    """Mail addresses for who works here, and a letter to somebody who did not start yet."""
    for key, person in town.people.items():
        account = town.db.get(Account, person.id)
        assert account is not None
        if not key.startswith("participant"):
            account.email = f"{key}@{town.municipality.slug}.example"
        town.db.add(account)
    membership, by = town.db.get(Membership, town.people[INVITED].membership_id), town.people[BY]
    account = town.db.get(Account, town.people[INVITED].id)
    assert membership is not None and account is not None
    keys, agreed = KeyRing(*settings.sealing_keys), town.terms.invitation(town.today)
    made, code = invitations.invite(town.db, keys, new_id(), membership, kind="letter", agreed=agreed, by=by, now=town.at)
    assert code is not None
    content = letter.letter_content(account, code, by=by, url=settings.url, made_on=town.today, ends_on=day_of(made.ends_at), address="")
    said = {"layout": letter.LAYOUT, "title": content["pages"][0]["title"], "content": content}
    outgoing.put(
        town.db, keys, account, outgoing.LETTER, said, purpose="invitation", cause_id=made.id, ends_at=made.ends_at, now=town.at, has_address=False
    )
