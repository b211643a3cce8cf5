"""Everything an operator can set, read once at the start from the environment (prefix OPSTAP_)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
DEMO_SECRET = "demo: not a secret, refused outside the demo"  # noqa: S105 - it protects nothing
SHORTEST_SECRET = 32


class Refused(SystemExit):
    """The start is refused; the message is one sentence for the operator."""


class SignOn(BaseModel):
    """An OpenID provider given in the environment: OPSTAP_OIDC_STAFF__ISSUER, …__CLIENT_ID, …__SECRET or …__SECRET_FILE, and so on."""

    issuer: str
    client_id: str
    secret: str = ""
    secret_file: Path | None = None
    scopes: str = "openid"
    finds_by: str = ""
    claim: str = ""
    kvk_claim: str = "kvk"
    acr: str = ""


class FromFiles(PydanticBaseSettingsSource):
    """OPSTAP_SECRET_KEY_FILE=/run/secrets/key gives OPSTAP_SECRET_KEY, and so for every setting: the first line of that file."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        file = os.environ.get(f"OPSTAP_{field_name.upper()}_FILE", "")
        return (_first_line(Path(file)) if file else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeError) as wrong:
        raise Refused(f"{file} cannot be read ({type(wrong).__name__}); a setting that ends in _FILE names a text file.") from None


class Settings(BaseSettings):
    """The settings, with their defaults. Names in the environment: OPSTAP_ and the name in capitals, or with _FILE a file that holds it."""

    model_config = SettingsConfigDict(env_prefix="OPSTAP_", env_nested_delimiter="__", extra="ignore")

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
    proxy_hops: int = Field(default=0, ge=0, description="how many trusted proxies stand in front")
    rate_limits: float | None = Field(default=None, ge=0, description="how many times the usual limits; 0: none; unset: 1, in the demo 10")
    secrets_dir: Path = Field(default=Path("/run/secrets"), description="where secrets named in the database are kept, one a file")
    oidc_municipality: str = Field(default="", description="the slug of the municipality of the providers below, when there are more")
    oidc_staff: SignOn | None = None
    oidc_participant: SignOn | None = None
    oidc_supervisor: SignOn | None = None

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: Any, init_settings: Any, env_settings: Any, dotenv_settings: Any, file_secret_settings: Any
    ) -> tuple[Any, ...]:
        return init_settings, env_settings, FromFiles(settings_cls)

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
    def limits(self) -> float:
        """How many times the usual limits on requests. Tests set their own."""
        if self.rate_limits is not None:
            return self.rate_limits
        return 0 if self.testing else 10 if self.demo else 1

    @property
    def sign_on(self) -> dict[str, SignOn | None]:
        return {"staff": self.oidc_staff, "participant": self.oidc_participant, "supervisor": self.oidc_supervisor}

    def named_secret(self, name: str) -> str:
        """The secret of a provider: of the environment's own provider, of OPSTAP_OIDC_SECRET_<NAME>, or of a file in OPSTAP_SECRETS_DIR.

        Raises Refused when there is none: a sign-on without its secret would fail at the provider anyway, and less clearly.
        """
        own = self.sign_on.get(name.removeprefix("environment.")) if name.startswith("environment.") else None
        if own is not None:
            return own.secret or (_first_line(own.secret_file) if own.secret_file else "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name):
            raise Refused("The name of a secret is made of letters, digits, - and _.")
        return os.environ.get(f"OPSTAP_OIDC_SECRET_{name.upper().replace('-', '_')}") or _first_line(self.secrets_dir / name)

    @property
    def vapid_contact(self) -> str:
        """Who a push service may write to. A made-up address is refused by Apple, so production names its own."""
        return self.vapid_subject or "mailto:demo@opstap.example"


def load(**given: object) -> Settings:
    """Read the settings and refuse a start that would be unsafe.

    Raises Refused (the process ends) with one sentence that says what to set.
    """
    settings = Settings(**given)  # type: ignore[arg-type]  # pydantic types what the environment holds
    if not settings.testing:
        refuse_unsafe(settings)
    return settings


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
    if not is_reachable(settings.vapid_subject):
        raise Refused("Set OPSTAP_VAPID_SUBJECT to mailto:somebody@your.domain or an https address: push services ask for it, and refuse localhost.")
    if settings.security_contact and not is_reachable(settings.security_contact):
        raise Refused("Set OPSTAP_SECURITY_CONTACT to mailto:somebody@your.domain or an https address.")


def is_reachable(contact: str) -> bool:
    """Whether an address of a contact is one that others can write to: no made-up domain, no name of a machine.

    >>> is_reachable("mailto:beheer@localhost"), is_reachable("mailto:beheer@gemeente.nl")
    (False, True)
    """
    scheme, _, rest = contact.partition(":")
    if scheme == "mailto":
        name, _, host = rest.rpartition("@")
    else:
        name, host = scheme, (urlsplit(contact).hostname or "") if scheme == "https" else ""
    host = host.lower().rstrip(".")
    return (
        bool(name) and re.fullmatch(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]+", host) is not None and not host.endswith((".localhost", ".local", ".invalid"))
    )
