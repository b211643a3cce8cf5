"""SMS and letters through GOV.UK Notify, or through NotifyNL, which answers to the same client at its own address."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from webapp.foundation.settings import Settings
from webapp.notifications.answers import Answer

PATIENCE_SECONDS = 15


class NotifySender:
    """Sends with one API key. A letter is a PDF that is ready for the post; an SMS fills ((text)) of one template."""

    def __init__(self, key: str, url: str, sms_template: str) -> None:
        from notifications_python_client.notifications import NotificationsAPIClient

        self._client: Any = NotificationsAPIClient(key, base_url=url, timeout=PATIENCE_SECONDS)
        self._sms_template = sms_template

    @property
    def sends(self) -> frozenset[str]:
        return frozenset({"letter", "sms"} if self._sms_template else {"letter"})

    def sms(self, to: str, text: str, *, reference: str) -> Answer:
        return self._ask(
            self._client.send_sms_notification, phone_number=to, template_id=self._sms_template, personalisation={"text": text}, reference=reference
        )

    def letter(self, document: bytes, *, reference: str) -> Answer:
        return self._ask(self._client.send_precompiled_letter_notification, reference=reference, pdf_file=BytesIO(document))

    def _ask(self, call: Any, **what: Any) -> Answer:
        """The status that came back; None when nothing did."""
        from notifications_python_client.errors import APIError

        try:
            call(**what)
        except APIError as refused:
            answered = refused.response
            return Answer(None if answered is None else refused.status_code, None if answered is None else answered.headers.get("Retry-After"))
        return Answer(201)


def sender_of(settings: Settings) -> NotifySender | None:
    """The sender of these settings; None: what would be sent waits in the outbox."""
    return NotifySender(settings.notify_key, settings.notify_url, settings.notify_sms_template) if settings.notify_key else None
