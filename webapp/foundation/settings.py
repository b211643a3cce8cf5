"""Everything an operator can set, read once at the start from the environment (prefix OPSTAP_)."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
DEMO_SECRET = "demo: not a secret, refused outside the demo"  # noqa: S105 - it protects nothing
SHORTEST_SECRET = 32


class Refused(SystemExit):
    """The start is refused; the message is one sentence for the operator."""


class Settings(BaseSettings):
    """The settings, with their defaults. Names in the environment: OPSTAP_ and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="OPSTAP_", extra="ignore")

    database_url: str = ""
    data_dir: Path = Path("instance")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    secret_key: str = ""
    secret_key_old: str = Field(default="", description="former secrets, separated by blanks: what they signed or sealed is still read")
    vapid_subject: str = ""
    security_contact: str = Field(default="", description="where somebody reports a weakness: mailto: or https; empty: the contact for push services")
    push_origins: str = Field(default="", description="extra push services, separated by blanks or commas")
    mail_url: str = Field(default="", description="smtp://user:password@host:587; empty: mail is not sent")
    mail_from: str = "Opstap <noreply@localhost>"
    notify_key: str = Field(default="", description="API key of GOV.UK Notify or NotifyNL; empty: SMS and letters wait in the outbox")
    notify_url: str = "https://api.notifications.service.gov.uk"
    notify_sms_template: str = Field(default="", description="id of the template that holds ((text)); without it SMS wait in the outbox")
    server_timing: bool = False
    demo: bool = False
    testing: bool = False
    workers: int = 2
    metrics_token: str = ""
    proxy_hops: int = Field(default=0, description="how many trusted proxies stand in front")

    @property
    def database(self) -> str:
        """The SQLAlchemy address: SQLite in the data folder unless another one is given."""
        url = self.database_url or f"sqlite:///{self.data_dir.absolute() / 'opstap.sqlite'}"
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def url(self) -> str:
        """The address people open, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_local(self) -> bool:
        return (urlsplit(self.url).hostname or "") in LOCAL_HOSTS

    @property
    def extra_push_origins(self) -> frozenset[str]:
        return frozenset(self.push_origins.replace(",", " ").split())

    @property
    def signing_key(self) -> str:
        return self.secret_key or DEMO_SECRET

    @property
    def former_keys(self) -> list[str]:
        """Secrets that were replaced; nobody is signed out by that."""
        return self.secret_key_old.split()

    @property
    def report_to(self) -> str:
        return self.security_contact or self.vapid_contact

    @property
    def sealing_keys(self) -> tuple[str, ...]:
        """What sealed data opens with, the secret in use first (foundation/sealing.py)."""
        return (self.signing_key, *self.former_keys)

    @property
    def vapid_contact(self) -> str:
        """Who a push service may write to. A made-up address is refused by Apple, so production names its own."""
        return self.vapid_subject or "mailto:demo@opstap.example"


def load(**given: object) -> Settings:
    """Read the settings and refuse a start that would be unsafe.

    Raises Refused (the process ends) with one sentence that says what to set.
    """
    settings = Settings(**{**from_files(), **given})  # type: ignore[arg-type]  # pydantic types what the environment holds
    if not settings.testing:
        refuse_unsafe(settings)
    return settings


def from_files() -> dict[str, str]:
    """Settings whose value stands in a file of its own: OPSTAP_SECRET_KEY_FILE=/run/secrets/key. Raises Refused for a file that cannot be read."""
    found = {}
    for name, where in os.environ.items():
        if name.startswith("OPSTAP_") and name.endswith("_FILE"):
            try:
                found[name.removeprefix("OPSTAP_").removesuffix("_FILE").lower()] = Path(where).read_text().strip()
            except OSError as problem:
                raise Refused(f"{name} names a file that cannot be read: {problem.strerror}.") from problem
    return found


def refuse_unsafe(settings: Settings) -> None:
    if settings.demo:
        if settings.secret_key:
            raise Refused("OPSTAP_DEMO=1 is refused because OPSTAP_SECRET_KEY is set: demo accounts need no password.")
        if not settings.is_local:
            raise Refused(f"OPSTAP_DEMO=1 is refused on the public address {settings.url}: demo accounts need no password.")
        return
    if any(len(former) < SHORTEST_SECRET for former in settings.former_keys):
        raise Refused("Every secret in OPSTAP_SECRET_KEY_OLD must have at least 32 characters, as the key itself.")
    if len(settings.secret_key) < SHORTEST_SECRET:
        raise Refused(
            "Set OPSTAP_SECRET_KEY to a secret of at least 32 characters "
            "(python3 -c 'import secrets; print(secrets.token_urlsafe(48))'), or run the demo."
        )
    if not settings.public_url:
        raise Refused("Set OPSTAP_PUBLIC_URL to the address people open, for example https://opstap.example.nl.")
    if urlsplit(settings.public_url).scheme != "https" and not settings.is_local:
        raise Refused("OPSTAP_PUBLIC_URL must start with https:// because people sign in there.")
    if not settings.vapid_subject.startswith(("mailto:", "https://")):
        raise Refused("Set OPSTAP_VAPID_SUBJECT to mailto:somebody@your.domain or an https address: push services ask for it.")
    if settings.vapid_subject.endswith(("@localhost", "://localhost", ".localhost")):
        raise Refused("OPSTAP_VAPID_SUBJECT must be an address that push services can reach, not localhost.")
