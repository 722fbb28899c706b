"""Mail through a real SMTP server: what arrives, and that neither an outage nor a power cut loses any of it."""

import email
import email.policy
import os
import re
import subprocess
import tempfile
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, syntax

from program import PASSWORD, Program, free_port, wait_for


SENDER = "noreply@mainstay-market.org"


class Reporting(SMTP):
    """The library's server, which knows nothing of DSN (RFC 3461), with the parameters of that taken off and kept."""

    def wishes_in(self, line):
        address, _, parameters = (line or "").partition("> ")
        wishes = dict(word.split("=", 1) for word in parameters.split())
        self.event_handler.wishes.append(wishes)
        return address + ">" if parameters else line

    @syntax("MAIL FROM: <address>")
    async def smtp_MAIL(self, arg):
        await super().smtp_MAIL(self.wishes_in(arg))

    @syntax("RCPT TO: <address>")
    async def smtp_RCPT(self, arg):
        await super().smtp_RCPT(self.wishes_in(arg))


class Reported(Controller):
    def factory(self):
        return Reporting(self.handler, **self.SMTP_kwargs)


class Inbox:
    """Keeps what the mail server takes."""

    def __init__(self):
        self.taken, self.gone, self.wishes = [], set(), []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.gone:
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def to(self, address):
        return [message for _, receivers, message in self.taken if address in receivers]


def register(program, handle):
    address = f"{handle}@mail.example"
    status, body = program.post(
        "/api/v1/auth/register",
        {"email": address, "password": "a long enough passphrase", "handle": handle, "display_name": f"Person {handle}"},
    )
    assert status in (201, 202), (status, body)
    return address


def check_letter(message, address):
    assert message["to"] == address, message["to"]
    assert SENDER in message["from"], message["from"]
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", message["message-id"]), message["message-id"]
    assert message["date"], "a letter without a date"
    assert message["auto-submitted"] == "auto-generated", message["auto-submitted"]
    plain = message.get_body(("plain",)).get_content()
    assert message.get_body(("html",)), "a letter without HTML"
    return plain


def undeliverable(program, token):
    me = program.get("/api/v1/me", token)[1]
    return me["email_undeliverable_since"] and me["email_undeliverable_why"]


def ask_for_a_link(program, address):
    status, answer = program.post("/api/v1/auth/password/forgot", {"email": address})
    assert status == 202, (status, answer)


def what_comes_back_is_noted(program, inbox, token, address):
    """Refused at once, and reported later in the form that mail servers use; believed of mails that went out from here."""
    inbox.gone.add(address)
    ask_for_a_link(program, address)
    why = wait_for("the refusal to be noted", lambda: undeliverable(program, token))
    assert "550" in why and address not in why, why
    inbox.gone.clear()
    before = len(inbox.to(address))
    ask_for_a_link(program, address)
    wait_for("the letter that proves the address again", lambda: len(inbox.to(address)) > before)
    letter = inbox.to(address)[-1]
    plain = check_letter(letter, address)
    link = next(word for word in plain.split() if word.startswith("mst_reset"))
    status, answer = program.post("/api/v1/auth/password/reset", {"token": link, "new_password": PASSWORD + "!"})
    assert status == 200, (status, answer)
    status, answer = program.post("/api/v1/auth/login", {"email": address, "password": PASSWORD + "!"})
    token = answer["access_token"]
    assert not undeliverable(program, token)
    forged = bounce_of(letter, address)
    forged.get_payload(2).get_payload(0).replace_header("X-Mainstay-Receipt", "m1.00000000.00")
    # A report without anything of the letter in it is known by the envelope id that the server was given with it.
    given = [wishes["ENVID"] for wishes in inbox.wishes if "ENVID" in wishes]
    assert all(wishes["RET"] == "HDRS" for wishes in inbox.wishes if "ENVID" in wishes), inbox.wishes
    asked = {"NOTIFY": "FAILURE,DELAY", "ORCPT": f"rfc822;{address}"}
    assert asked in inbox.wishes, inbox.wishes
    bare, guessed = delay_of(given[-1], address), delay_of(given[-1][:-2] + "zz", address)
    for message, code in [(forged, 1), (letter, 1), (guessed, 1), (bare, 0), (bounce_of(letter, address), 0)]:
        assert not undeliverable(program, token)
        done = subprocess.run(
            [os.environ["MAINSTAY"], "mail", "bounce"], env=program.env, cwd=program.directory, input=message.as_bytes(), capture_output=True
        )
        assert done.returncode == code, done
    assert "5.1.1" in undeliverable(program, token)


def delay_of(envelope_id, address):
    """What one sends that is still at it, with nothing of the letter."""
    report = bounce_of(Message(), address)
    of_mail, of_person = report.get_payload(1).get_payload()
    of_mail["Original-Envelope-Id"] = envelope_id
    of_person.replace_header("Action", "delayed")
    return report


def bounce_of(letter, address):
    """What a mail server sends that took the letter and could not bring it (RFC 3464)."""
    report = MIMEMultipart("report", **{"report-type": "delivery-status"})
    report["From"], report["To"], report["Subject"] = "MAILER-DAEMON@mx.example", SENDER, "Undelivered Mail"
    report.attach(MIMEText("Your mail could not be brought.", "plain"))
    status = MIMEBase("message", "delivery-status")
    of_mail, of_person = Message(), Message()
    of_mail["Reporting-MTA"] = "dns; mx.example"
    for name, value in [("Final-Recipient", f"rfc822; {address}"), ("Action", "failed"), ("Status", "5.1.1")]:
        of_person[name] = value
    of_person["Diagnostic-Code"] = f"smtp; 550 5.1.1 <{address}>: User unknown"
    status.set_payload([of_mail, of_person])
    report.attach(status)
    report.attach(MIMEMessage(email.message_from_bytes(letter.as_bytes())))
    return report


def main():
    inbox, port = Inbox(), free_port()
    controller = Reported(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    with tempfile.TemporaryDirectory() as directory:
        program = Program(
            directory,
            MAIL__TRANSPORT="smtp",
            MAIL__FROM=SENDER,
            MAIL__SMTP_HOST="127.0.0.1",
            MAIL__SMTP_PORT=str(port),
            MAIL__SMTP_TLS="none",
        )
        address = register(program, "ada")
        letters = wait_for("the letter that verifies", lambda: inbox.to(address))
        plain = check_letter(letters[0], address)
        token = next(word for word in plain.split() if len(word) > 30 and "/" not in word)
        status, body = program.post("/api/v1/auth/verify-email", {"token": token})
        assert status in (200, 204), (status, body)
        status, body = program.post("/api/v1/auth/verify-email", {"token": token})
        assert 400 <= status < 500, "a link that works twice"
        print("smtp: a letter arrived, and its link verified once")
        what_comes_back_is_noted(program, inbox, program.sign_in(address), address)
        print("smtp: a refusal and a report were noted, and what was forged was not")

        controller.stop()
        addresses = [register(program, f"out{n}") for n in range(5)]
        # A power cut while the mail server is away: what was acknowledged is still to be sent.
        program.kill()
        program.start()
        controller = Reported(inbox, hostname="127.0.0.1", port=port)
        controller.start()
        for address in addresses:
            letters = wait_for(f"the letter to {address}", lambda: inbox.to(address), 90)
            assert len({letter["message-id"] for letter in letters}) == 1, "repeats carry the same Message-ID"
            check_letter(letters[0], address)
        print(f"smtp: {len(addresses)} letters of an outage and a power cut arrived after it")
        program.stop()
    controller.stop()
    print("3 passed, 0 failed")


main()
