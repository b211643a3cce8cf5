"""Carrying a message by mail: the second way, for who has no phone that takes push messages."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from webapp.notifications.push import Answer

SendMail = Callable[[str, str, str], Answer]
PATIENCE_SECONDS = 15


class MailCarrier:
    """Sends plain text through the SMTP server of the settings: smtp://user:password@host:587 or smtps://host:465."""

    def __init__(self, url: str, sender: str) -> None:
        self._url, self._sender = urlsplit(url), sender

    def __call__(self, to: str, subject: str, text: str) -> Answer:
        """Send one mail; the status is the one of SMTP, turned into those of the web: 200, 410 (no such box), 503 (later)."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            lasting = all(500 <= code < 600 for code, _ in refused.recipients.values())
            return Answer(410 if lasting else 503)
        except (smtplib.SMTPException, OSError):
            return Answer(503)
        return Answer(200)

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self._url.port or 465, timeout=PATIENCE_SECONDS)
        else:
            server = smtplib.SMTP(host, self._url.port or 25, timeout=PATIENCE_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server
