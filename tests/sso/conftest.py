"""Providers for the tests on single sign-on: a certified one in Node, and one of our own that lies as it is told."""

from __future__ import annotations

import base64
import hmac
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.browser.conftest import free_port
from webapp.bootstrap import PEERS, peers_are_ready

SECRET = "a secret between us and the provider, long enough"

# the certified provider: three clients, and whoever signs in as NAME has the claims of NAME
PEER = """
import { Provider } from "oidc-provider";
const { port, clients, people } = JSON.parse(process.argv[1]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients, pkce: { required: () => true }, scopes: ["openid", "email", "client", "company"],
  claims: { openid: ["sub"], email: ["email", "email_verified"], client: ["client_number"], company: ["kvk"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_ctx, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
});
provider.listen(port, "127.0.0.1");
"""


class Peer:
    """The certified provider, started once the addresses to return to are known."""

    def __init__(self) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, returns: dict[str, str], people: dict[str, dict[str, Any]]) -> None:
        clients = [{"client_id": name, "client_secret": SECRET, "redirect_uris": [address]} for name, address in returns.items()]
        given = json.dumps({"port": self.port, "clients": clients, "people": people})
        node = shutil.which("node") or "node"
        self._process = subprocess.Popen(
            [node, "--input-type=module", "-e", PEER, given], cwd=PEERS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                requests.get(f"{self.issuer}/.well-known/openid-configuration", timeout=1)
                return
            except requests.ConnectionError:
                time.sleep(0.1)
        pytest.fail("the provider did not start")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)


@pytest.fixture
def peer() -> Iterator[Peer]:
    if shutil.which("node") is None or not peers_are_ready():
        if os.environ.get("CI") == "true":
            pytest.fail("Node and the peers of tests/peers are needed in CI")
        sys.stderr.write("\n!!! Single sign-on is NOT proven against an independent provider: Node or tests/peers/node_modules is missing\n")
        pytest.skip("Node or the peer packages are missing")
    made = Peer()
    yield made
    made.stop()


@lru_cache
def new_key(kid: str, _which: int = 0) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True, auto_kid=False)


class Liar:
    """A provider of our own. `claims` and `header` go over what an honest ID token says; `said` over its description; `key` signs."""

    def __init__(self) -> None:
        self.key = new_key("one")
        self.shown = [self.key]
        self.claims: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.said: dict[str, Any] = {}
        self.signs_with: Any = None
        self.token_status, self.raw_token = 200, ""
        self.asked: list[dict[str, str]] = []
        self.nonces: dict[str, str] = {}
        self.client_id = "opstap-staff"
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/.well-known/openid-configuration":
                    self.tell(liar.description())
                elif path == "/keys":
                    self.tell({"keys": [key.as_dict(private=False) for key in liar.shown]})
                else:
                    self.tell({"sub": liar.claims.get("sub", "subject-1"), **liar.info})

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                asked = {name: values[0] for name, values in form.items()}
                liar.asked.append({**asked, "authorization": self.headers.get("Authorization", "")})
                self.tell(
                    {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": liar.id_token(asked.get("code", ""))},
                    liar.token_status,
                )

            def tell(self, what: Any, status: int = 200) -> None:
                body = json.dumps(what).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def description(self) -> dict[str, Any]:
        ends = {
            name: f"{self.issuer}/{path}"
            for name, path in (("authorization_endpoint", "auth"), ("token_endpoint", "token"), ("jwks_uri", "keys"), ("userinfo_endpoint", "info"))
        }
        return {"issuer": self.issuer, **ends, "authorization_response_iss_parameter_supported": True, **self.said}

    def id_token(self, code: str) -> str:
        if self.raw_token:
            return self.raw_token
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonces.get(code, ""),
            "email": "marieke@waterveen.example",
        }
        claims = {name: value for name, value in {**honest, **self.claims}.items() if value is not None}
        header = {"alg": "RS256", "kid": "one", **self.header}
        if header["alg"] != "RS256":
            return forged(header, claims, self.key)
        return jwt.encode(header, claims, self.signs_with or self.key)

    def agree(self, address: str, code: str = "code-1") -> dict[str, str]:
        """As if somebody showed who they are: gives what the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonces[code] = asked["nonce"]
        return {"code": code, "state": asked["state"], "iss": self.issuer}


@pytest.fixture
def liar() -> Iterator[Liar]:
    made = Liar()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def secrets_of_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    for audience in ("STAFF", "PARTICIPANT", "SUPERVISOR"):
        monkeypatch.setenv(f"OPSTAP_OIDC_SECRET_{audience}", SECRET)


def forged(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    """A token without a signature, or signed with the public key as if that were a shared secret: the oldest tricks there are."""

    def part(piece: bytes) -> str:
        return base64.urlsafe_b64encode(piece).rstrip(b"=").decode()

    signed = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    signature = b"" if header["alg"] == "none" else hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{part(signature)}"
