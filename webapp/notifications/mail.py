"""Carrying a message by mail: the second way, for who has no phone that takes push messages."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from webapp.notifications.answers import Answer

SendMail = Callable[[str, str, str], Answer]
PATIENCE_SECONDS = 15
OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


class MailCarrier:
    """Sends plain text through the SMTP server of the settings: smtp://user:password@host:587 or smtps://host:465.

    To another machine a mail travels encrypted where the server can, and a password never otherwise; whose server it is,
    is then checked.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._url, self._sender = urlsplit(url), sender

    def __call__(self, to: str, subject: str, text: str, *, files: Sequence[Any] = (), message_key: str = "", reply_to: str = "") -> Answer:
        """Send one mail; the status is the one of SMTP, turned into those of the web: 200, 410 (no such box), 503 (later).

        `files` go with it: each a `name`, a `kind` ("application/pdf") and its `content`. With the same `message_key` a mail
        that goes twice has the same Message-ID, so that a mailbox can know it.
        """
        message = EmailMessage()
        try:
            message["From"], message["To"], message["Subject"] = self._sender, to, subject
            if reply_to:
                message["Reply-To"] = reply_to
        except ValueError:  # a line break, for example: no address of anybody
            return Answer(410)
        message["Auto-Submitted"] = "auto-generated"
        message["Date"] = formatdate()
        domain = parseaddr(self._sender)[1].rpartition("@")[2] or None
        message["Message-ID"] = f"<{message_key}@{domain or 'localhost'}>" if message_key else make_msgid(domain=domain)
        message.set_content(text)
        for file in files:
            main, _, sub = file.kind.partition("/")
            message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
        try:
            with self._server() as server:
                self._prepare(server)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            lasting = all(500 <= code < 600 for code, _ in refused.recipients.values())
            return Answer(410 if lasting else 503)
        except (smtplib.SMTPException, OSError):
            return Answer(503)
        return Answer(200)

    def _server(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._url.port or 465, timeout=PATIENCE_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(host, self._url.port or 25, timeout=PATIENCE_SECONDS)

    def _prepare(self, server: smtplib.SMTP) -> None:
        own = (self._url.hostname or "localhost") in OWN_MACHINE
        server.ehlo()
        encrypted = self._url.scheme == "smtps"
        if not encrypted and not own and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            encrypted = True
        if self._url.username:
            if not encrypted and not own:
                raise smtplib.SMTPNotSupportedError("the server takes a password only unencrypted")
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
