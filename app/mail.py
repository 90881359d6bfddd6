"""Letters to the mail server."""

import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from app.letters import WrittenLetter, host_of
from app.settings import Settings
from schools.operations.send_letters import ClaimedLetter

TIMEOUT_SECONDS = 10
FIRST_PERMANENT_CODE = 500


class MailError(Exception):
    """A letter could not be handed over.

    Attributes:
        for_good: trying again is useless, as with an address that does not exist.
    """

    def __init__(self, reason: str, *, for_good: bool) -> None:
        """Keep what the office is shown."""
        super().__init__(reason)
        self.for_good = for_good


class SmtpMailer:
    """Sends through one SMTP server, one connection a letter."""

    def __init__(self, settings: Settings) -> None:
        """Remember the server; it is called for each letter."""
        self._settings = settings

    def send(self, letter: WrittenLetter, owed: ClaimedLetter) -> None:
        """Hand a letter to the server; call it with no transaction open.

        Raises:
            MailError: it was not taken.
        """
        try:
            message = compose(letter, owed, self._settings)
        except (MessageError, ValueError, IndexError) as error:
            raise MailError(f"address or subject: {error}", for_good=True) from error
        try:
            self._hand_over(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error) from error
        except smtplib.SMTPDataError as error:
            said = f"{error.smtp_code} {_text(error.smtp_error)}"
            raise MailError(said, for_good=error.smtp_code >= FIRST_PERMANENT_CODE) from error
        except smtplib.SMTPResponseException as error:  # about us, not about this letter
            said = f"{error.smtp_code} {_text(error.smtp_error)}"
            raise MailError(said, for_good=False) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(f"{type(error).__name__}: {error}", for_good=False) from error

    def _hand_over(self, message: EmailMessage) -> None:
        chosen = self._settings
        with smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=TIMEOUT_SECONDS) as server:
            if chosen.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if chosen.smtp_user:
                server.login(chosen.smtp_user, chosen.smtp_password)
            server.send_message(message)


def mailer_for(settings: Settings) -> SmtpMailer | None:
    """Return the mailer the settings ask for; None keeps letters for the office."""
    return SmtpMailer(settings) if settings.smtp_host else None


def compose(letter: WrittenLetter, owed: ClaimedLetter, settings: Settings) -> EmailMessage:
    """Put a letter into the form mail servers take.

    Its Message-ID is stable, so a letter sent twice after a crash is shown once; letters of one
    booking are threaded.

    Raises:
        ValueError: an address or a header cannot be written, as with a line break in it.
    """
    host = host_of(settings.public_url)
    message = EmailMessage()
    message["From"] = Address(owed.centre, addr_spec=settings.sender)
    message["To"] = Address(owed.to_name, addr_spec=owed.to_address)
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<letter-{owed.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if owed.reply_to:
        message["Reply-To"] = owed.reply_to
    if owed.facts.get("number"):
        message["References"] = f"<{owed.facts['number']}@{host}>"
    if letter.choices:
        message["List-Unsubscribe"] = f"<{letter.choices}>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for attached in letter.attachments:
        message.add_attachment(
            attached.content,
            maintype="text",
            subtype="calendar",
            filename=attached.name,
            params={"method": attached.method, "charset": "utf-8"},
        )
    message["Content-Language"] = owed.locale  # last, since parts take it along
    return message


def _refused(error: smtplib.SMTPRecipientsRefused) -> MailError:
    code, said = next(iter(error.recipients.values()))
    return MailError(f"{code} {_text(said)}", for_good=code >= FIRST_PERMANENT_CODE)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
