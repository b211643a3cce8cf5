"""Passkeys (W3C Web Authentication): asking a phone to make one, and asking it to sign with one. The package checks, we keep."""

from __future__ import annotations

import hmac
import ipaddress
import json
import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlmodel import Session

from webapp.access.models import Passkey, PasskeyQuestion
from webapp.foundation.database import lock_municipality
from webapp.foundation.sealing import KeyRing
from webapp.foundation.settings import Settings
from webapp.history.actions import Change, record
from webapp.people.models import Account

passkeys: Any = Passkey.__table__  # type: ignore[attr-defined]
questions: Any = PasskeyQuestion.__table__  # type: ignore[attr-defined]
ASKED_FOR = timedelta(minutes=10)
ANYBODY = "anybody"  # a question to whoever holds the phone; one to make a passkey is about a person
MOST_PASSKEYS = 20  # of one person


class NotThePasskey(Exception):
    """The answer of the device does not fit what was asked, or is of nobody here."""


class Party(NamedTuple):
    """Who we are to a phone: the host of our address, and the addresses its pages may have."""

    id: str
    origins: list[str]


def party_of(settings: Settings) -> Party:
    """A passkey belongs to a name. An address of numbers has none, so a machine of one's own is `localhost`."""
    parts = urlsplit(settings.url)
    host = parts.hostname or "localhost"
    if is_number(host):
        port = f":{parts.port}" if parts.port else ""
        return Party("localhost", [f"{parts.scheme}://localhost{port}"])
    return Party(host, [settings.url])


def is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def handle_of(keys: KeyRing, account: Account) -> bytes:
    """What a phone keeps to tell people apart: of no use to who reads it there."""
    return bytes.fromhex(keys.mark("passkey handle", account.id.hex))[:32]


# making one ---------------------------------------------------------------------------------


def ask_to_make(db: Session, keys: KeyRing, party: Party, account: Account, *, now: datetime) -> dict[str, Any]:
    """The options a browser makes a passkey with: kept on the device, and only behind its own lock."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )  # fmt: skip

    own = db.execute(select(passkeys.c.credential_id).where(passkeys.c.account_id == account.id, passkeys.c.ended_at.is_(None))).scalars()
    options = generate_registration_options(
        rp_id=party.id, rp_name="Opstap", user_name=account.name, user_id=handle_of(keys, account), user_display_name=account.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in own],
    )  # fmt: skip
    _remember(db, keys, options.challenge, account.id.hex, now=now)
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def keep(db: Session, keys: KeyRing, party: Party, account: Account, answer: Any, *, device: str, role: str, now: datetime) -> Passkey:
    """Keep the passkey a phone made. Raises NotThePasskey."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _asked(db, keys, answer, account.id.hex, now=now)
    try:
        checked = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origins, require_user_verification=True
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise NotThePasskey from wrong
    lock_municipality(db, account.municipality_id)
    credential_id = bytes_to_base64url(checked.credential_id)
    standing = db.execute(select(passkeys.c.id).where(passkeys.c.account_id == account.id, passkeys.c.ended_at.is_(None))).all()
    if len(standing) >= MOST_PASSKEYS or db.execute(select(passkeys.c.id).where(passkeys.c.credential_id == credential_id)).first():
        raise NotThePasskey
    made = Passkey(
        municipality_id=account.municipality_id, account_id=account.id, credential_id=credential_id,
        public_key=bytes_to_base64url(checked.credential_public_key), sign_count=checked.sign_count, device=device, made_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    change = Change("access.passkey_made", made.id, {"account": account.id, "device": device})
    record(db, [change], municipality_id=account.municipality_id, actor_id=account.id, actor_role=role, now=now)
    return made


# signing in with one ------------------------------------------------------------------------


def ask_to_sign(db: Session, keys: KeyRing, party: Party, *, now: datetime) -> dict[str, Any]:
    """The options for whoever holds the phone: it shows which passkeys it has for us, so nobody types who they are."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(rp_id=party.id, user_verification=UserVerificationRequirement.REQUIRED)
    _remember(db, keys, options.challenge, ANYBODY, now=now)
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def whose(db: Session, keys: KeyRing, party: Party, answer: Any, *, now: datetime) -> Passkey:
    """The passkey that signed. Raises NotThePasskey."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _asked(db, keys, answer, ANYBODY, now=now)
    credential_id = answer.get("id")
    found = db.execute(
        select(Passkey).where(passkeys.c.credential_id == (credential_id if isinstance(credential_id, str) else ""), passkeys.c.ended_at.is_(None))
    ).scalar_one_or_none()
    if found is None:
        raise NotThePasskey
    try:
        checked = verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origins,
            credential_public_key=base64url_to_bytes(found.public_key), credential_current_sign_count=found.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise NotThePasskey from wrong
    account = db.get(Account, found.account_id)
    said = _bytes(answer.get("response", {}).get("userHandle"))
    if account is None or (said and not hmac.compare_digest(said, handle_of(keys, account))):
        raise NotThePasskey
    db.execute(update(Passkey).where(passkeys.c.id == found.id).values(sign_count=checked.new_sign_count, used_at=now))
    return found


def end_passkey(db: Session, account_id: uuid.UUID, passkey_id: uuid.UUID, *, now: datetime) -> bool:
    """It opens nothing any more. Gives False when it is not of this person; again changes nothing."""
    mine = (passkeys.c.id == passkey_id, passkeys.c.account_id == account_id)
    db.execute(update(Passkey).where(*mine, passkeys.c.ended_at.is_(None)).values(ended_at=now))
    return db.execute(select(passkeys.c.id).where(*mine)).first() is not None


# questions ----------------------------------------------------------------------------------


def _remember(db: Session, keys: KeyRing, challenge: bytes, of: str, *, now: datetime) -> None:
    db.add(PasskeyQuestion(mark=keys.mark("passkey question", of + challenge.hex()), ends_at=now + ASKED_FOR))
    db.flush()


def _asked(db: Session, keys: KeyRing, answer: Any, of: str, *, now: datetime) -> bytes:
    """The challenge this answer is about, when we asked it lately and it was not answered yet. Raises NotThePasskey."""
    try:
        said = json.loads(_bytes(answer["response"]["clientDataJSON"]))
        challenge = _bytes(said["challenge"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotThePasskey from wrong
    known = (questions.c.mark == keys.mark("passkey question", of + challenge.hex()), questions.c.ends_at > now)
    if db.execute(delete(PasskeyQuestion).where(*known)).rowcount != 1:  # type: ignore[attr-defined]
        raise NotThePasskey
    return challenge


def _bytes(text: Any) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    if not isinstance(text, str) or not text.isascii():
        return b""
    return base64url_to_bytes(text)
