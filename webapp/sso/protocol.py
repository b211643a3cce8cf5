"""Speaking OpenID Connect with a provider: what it says of itself, and who it says somebody is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from webapp.foundation.settings import Refused, Settings
from webapp.sso import rules
from webapp.sso.providers import Provider
from webapp.sso.rules import NotBelieved, NotReachable

PATIENCE_SECONDS = (5, 10)
KEPT_SECONDS = 3600.0
AGAIN_SECONDS = 60.0  # keys are asked for again when a token names one we do not know, but not more often than this


class Described(NamedTuple):
    """What a provider says of itself (OpenID Connect Discovery), and its keys."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    posts_secret: bool
    names_itself: bool  # RFC 9207
    keys: dict[str, Any]
    asked_at: float  # of a clock that only goes forward, in seconds


class Answer(NamedTuple):
    """What came back with somebody from the provider."""

    code: str
    state: str
    issuer: str | None


def ensure_taken(answer: Any) -> Any:
    """The package reads a token out of any answer below 500; only 200 is one (RFC 6749, 5.1). Raises NotBelieved."""
    if answer.status_code != 200:
        raise NotBelieved("code")
    return answer


class Providers:
    """What was asked of providers, kept by each process for an hour."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._known: dict[str, Described] = {}

    def described(self, issuer: str, *, younger_than: float = KEPT_SECONDS) -> Described:
        """Raises NotReachable. What the provider names as its own issuer has to be what the municipality wrote down, to the letter."""
        known = self._known.get(issuer)
        if known is not None and time.monotonic() - known.asked_at < younger_than:
            return known
        said = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        ends = {name: said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        ends["userinfo_endpoint"] = said.get("userinfo_endpoint") or ends["token_endpoint"]
        safe = {name: end for name, end in ends.items() if isinstance(end, str) and rules.is_safe(end, local=self.settings.is_local)}
        if said.get("issuer") != issuer or safe.keys() != ends.keys():
            raise NotReachable("description")
        keys = self._get(safe.pop("jwks_uri"))
        methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        names_itself = said.get("authorization_response_iss_parameter_supported") is True
        self._known[issuer] = Described(
            **safe, posts_secret="client_secret_basic" not in methods, names_itself=names_itself, keys=keys, asked_at=time.monotonic()
        )
        return self._known[issuer]

    def _get(self, address: str) -> dict[str, Any]:
        import requests

        if not rules.is_safe(address, local=self.settings.is_local):
            raise NotReachable
        try:
            with requests.Session() as http:
                http.trust_env = False
                answer = http.get(address, timeout=PATIENCE_SECONDS, allow_redirects=False, headers={"Accept": "application/json"})
            found = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError, RecursionError) as wrong:
            raise NotReachable from wrong
        if not isinstance(found, dict):
            raise NotReachable
        return found

    def way_out(self, provider: Provider, secret: str, return_to: str) -> str:
        """Where the browser goes: code flow with PKCE, a state and a nonce that only this device knows. Raises NotReachable."""
        from authlib.integrations.requests_client import OAuth2Session

        found = self.described(provider.issuer)
        with OAuth2Session(provider.client_id, redirect_uri=return_to, scope=provider.scopes, code_challenge_method="S256") as client:
            more = {"acr_values": provider.acr} if provider.acr else {}
            address, _state = client.create_authorization_url(
                found.authorization_endpoint, state=rules.derived(secret, "state"), nonce=rules.derived(secret, "nonce"),
                code_verifier=rules.derived(secret, "verifier"), **more,
            )  # fmt: skip
        return str(address)

    def claims(self, provider: Provider, secret: str, answer: Answer, return_to: str, *, now: datetime) -> dict[str, Any]:
        """Exchange the code and read who this is. Raises NotBelieved for everything that is not exactly right, NotReachable without an answer."""
        import requests
        from authlib.common.errors import AuthlibBaseError
        from authlib.integrations.requests_client import OAuth2Session
        from joserfc.errors import JoseError

        found = self.described(provider.issuer)
        rules.ensure_issuer(answer.issuer, provider.issuer, promised=found.names_itself)
        method = "client_secret_post" if found.posts_secret else "client_secret_basic"
        try:
            own = self.settings.named_secret(provider.secret_name)
            with OAuth2Session(provider.client_id, own, redirect_uri=return_to, token_endpoint_auth_method=method, leeway=0) as client:
                client.trust_env, client.max_redirects = False, 0
                client.register_compliance_hook("access_token_response", ensure_taken)
                verifier = rules.derived(secret, "verifier")
                token = client.fetch_token(found.token_endpoint, code=answer.code, code_verifier=verifier, timeout=PATIENCE_SECONDS)
                claims = self._id_token(provider, found, token, rules.derived(secret, "nonce"), now)
                if not {provider.claim, provider.kvk_claim or "sub"} <= set(claims):
                    more = client.get(found.userinfo_endpoint, timeout=PATIENCE_SECONDS).json()
                    if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
                        raise NotBelieved("userinfo")
                    claims = {**more, **claims}
        except Refused as missing:
            raise NotReachable("no secret") from missing
        except requests.TooManyRedirects as wrong:
            raise NotBelieved("redirect") from wrong
        except requests.RequestException as wrong:
            raise NotReachable from wrong
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, RecursionError) as wrong:
            raise NotBelieved(type(wrong).__name__) from wrong
        return claims

    def _id_token(self, provider: Provider, found: Described, token: Mapping[str, Any], nonce: str, now: datetime) -> dict[str, Any]:
        """The claims of an ID token that is signed by the provider, for us, fresh, and about this very sign-on."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        registry = JWSRegistry(algorithms=list(rules.ALGORITHMS), strict_check_header=False)
        try:
            read = jwt.decode(token["id_token"], KeySet.import_key_set(found.keys), registry=registry)  # type: ignore[arg-type]  # as they came
        except InvalidKeyIdError:
            keys = self.described(provider.issuer, younger_than=AGAIN_SECONDS).keys
            read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]
        asked = {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, "value": provider.client_id}}
        params = {"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")}
        CodeIDToken(read.claims, read.header, asked, params).validate(now=int(now.timestamp()), leeway=rules.LEEWAY_SECONDS)
        claims = dict(read.claims)
        rules.ensure_for_us(claims, provider.client_id)
        rules.ensure_level(claims, provider.acr)
        rules.subject_of(claims)
        return claims
