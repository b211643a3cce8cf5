"""What a sign-on must show before it is believed: plain values in, a value or a named refusal out."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from webapp.permissions import Role

ROLES: dict[str, frozenset[Role]] = {
    "staff": frozenset({Role.CASE_MANAGER, Role.FINANCE, Role.ADMIN, Role.COUNCIL}),
    "participant": frozenset({Role.PARTICIPANT}),
    "supervisor": frozenset({Role.SUPERVISOR}),
}
FINDS_BY = {"staff": ("email", "reference"), "participant": ("reference",), "supervisor": ("kvk_email",)}
LASTS = timedelta(minutes=10)  # from leaving for the provider to coming back
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")  # never "none", never a shared key
LEEWAY_SECONDS = 60  # two clocks are never quite equal
LONGEST_SUBJECT = 255  # OpenID Connect Core, part 2


class NotBelieved(Exception):
    """The answer of a provider is not one to act on. `why`: one word for the log; nothing personal."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotKnown(Exception):
    """The provider is sure who this is, but nobody here is that person in this audience."""


class NotReachable(Exception):
    """The provider does not answer, or not as OpenID Connect Discovery says; or we have no secret for it. `why`: for the log."""

    def __init__(self, why: str = "unreachable") -> None:
        super().__init__(why)
        self.why = why


def derived(secret: str, name: str) -> str:
    """State, nonce or verifier of a sign-on: 43 characters that follow from the secret the device holds, and from nothing else."""
    return urlsafe_b64encode(hmac.digest(secret.encode(), name.encode(), "sha256")).decode().rstrip("=")


def mark_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def ensure_own_state(secret: str, state: str) -> None:
    """The answer belongs to what this very device began. Raises NotBelieved."""
    if not secret or not hmac.compare_digest(derived(secret, "state").encode(), state.encode("utf-8", "replace")):
        raise NotBelieved("state")


def ensure_issuer(said: str | None, issuer: str, *, promised: bool) -> None:
    """RFC 9207: an answer that names its issuer names ours; a provider that promised to name it does. Raises NotBelieved."""
    if said is None and not promised:
        return  # each provider also has a return address of its own
    if said != issuer:
        raise NotBelieved("issuer")


def ensure_for_us(claims: Mapping[str, Any], client_id: str) -> None:
    """Made out to us alone. Raises NotBelieved."""
    if claims.get("aud") not in (client_id, [client_id]):
        raise NotBelieved("audience")


def ensure_level(claims: Mapping[str, Any], wanted: str) -> None:
    """The level of assurance is one of those the municipality asks. Raises NotBelieved."""
    if wanted and claims.get("acr") not in wanted.split():
        raise NotBelieved("level")


def subject_of(claims: Mapping[str, Any]) -> str:
    """Raises NotBelieved for a subject that is none."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NotBelieved("subject")
    return subject


def text_claim(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a short text or a number, without blanks around it. Raises NotKnown when it is not there: nothing is guessed."""
    found = claims.get(name)
    text = str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""
    if not text or len(text) > LONGEST_SUBJECT or not text.isprintable():
        raise NotKnown
    return text


def mail_claim(claims: Mapping[str, Any], name: str) -> str:
    """The mail address in small letters. Raises NotKnown; also for one the provider says it did not check."""
    if claims.get("email_verified", True) is not True:
        raise NotKnown
    return text_claim(claims, name).lower()


def is_safe(address: str, *, local: bool) -> bool:
    """Whether we may speak with this address about people: https, or a machine of our own while we run on one."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or parts.fragment:
        return False
    return parts.scheme == "https" or (local and parts.scheme == "http" and host in ("127.0.0.1", "localhost"))
