"""Mail, the second way: spoken to a real server on this machine."""

from __future__ import annotations

import socketserver
import threading
from typing import ClassVar

import pytest

from webapp.notifications.mail import MailCarrier


class Mailbox(socketserver.StreamRequestHandler):
    """The least a mail server says; boxes that begin with 'gone' do not exist, 'busy' ones come later."""

    letters: ClassVar[list[str]] = []

    def handle(self) -> None:
        def say(line: str) -> None:
            self.wfile.write((line + "\r\n").encode())

        say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("RCPT"):
                say("550 no such box" if "<gone" in line else "450 later" if "<busy" in line else "250 ok")
            elif word == "DATA":
                say("354 go on")
                body = []
                while (part := self.rfile.readline().decode()) != ".\r\n":
                    body.append(part)
                self.letters.append("".join(body))
                say("250 ok")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


@pytest.fixture
def mail_server():
    Mailbox.letters.clear()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"smtp://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_mail_arrives_as_plain_text(mail_server):
    answer = MailCarrier(mail_server, "Opstap <noreply@opstap.example>")("selam@opstap.example", "Er is een aanbod voor jou", "Open it here\n")
    assert answer.status == 200
    [letter] = Mailbox.letters
    assert "Subject: Er is een aanbod voor jou" in letter
    assert "Auto-Submitted: auto-generated" in letter
    assert "Date: " in letter
    assert "@opstap.example>" in letter[letter.index("Message-ID:") :]


@pytest.mark.parametrize(("to", "status"), [("gone@opstap.example", 410), ("busy@opstap.example", 503)])
def test_a_box_that_is_gone_is_given_up_and_a_busy_one_tried_later(mail_server, to, status):
    assert MailCarrier(mail_server, "Opstap <noreply@opstap.example>")(to, "x", "x").status == status


def test_an_address_that_would_add_a_header_is_no_address(mail_server):
    answer = MailCarrier(mail_server, "Opstap <noreply@opstap.example>")("a@opstap.example\nBcc: all@opstap.example", "x", "x")
    assert (answer.status, Mailbox.letters) == (410, [])


def test_no_server_is_tried_later():
    assert MailCarrier("smtp://127.0.0.1:9", "x@opstap.example")("a@opstap.example", "x", "x").status == 503
