"""What people type about themselves."""

import re
from collections.abc import Iterable, Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp

from app.forms import Form, mail_address
from app.labels import label
from app.languages import LANGUAGES
from app.people_words import LETTER_MODES, LETTER_TOPICS, THEMES
from schools.models.account import Theme
from schools.models.letter_choice import LetterMode, LetterTopic
from schools.operations.edit_profile import Profile
from schools.operations.open_account import PersonFacts
from schools.rules.passwords import LONGEST, password_faults

LONGEST_NAME = 120
LONGEST_EMAIL = 254
PLAIN = re.compile(r"^[^\x00-\x1f\x7f<>]*$")
"""No line breaks or other control characters: names stand in the heads of letters."""

SCHOOL_NUMBER = re.compile(r"^\s*\d{6}\s*$")


def stripped(text: str | None) -> str | None:
    """Return the text without blanks around it; a filter of fields."""
    return text.strip() if text else text


def plain_text(label: object, sentence: object, longest: int = LONGEST_NAME) -> StringField:
    """Return a field for one line that must not be empty."""
    return StringField(
        label,
        validators=[
            DataRequired(sentence),
            Length(max=longest, message=_("This is too long.")),
            Regexp(PLAIN, message=_("Use letters, digits and blanks only.")),
        ],
    )


def email_field() -> StringField:
    """Return a field for an e-mail address."""
    sentence = _("Enter an address such as name@school.example.")
    return StringField(
        _("E-mail address"),
        filters=[stripped],
        validators=[
            DataRequired(sentence),
            Length(max=LONGEST_EMAIL, message=sentence),
            mail_address(),
        ],
    )


def new_password_field() -> PasswordField:
    """Return a field for a password to be chosen; `accept_password` judges it."""
    return PasswordField(_("New password"), validators=[DataRequired(_("Choose a password."))])


class SignInForm(Form):
    """Name and password; `next` is where to go afterwards."""

    name = StringField(
        _("E-mail address or name"),
        validators=[DataRequired(_("Enter your e-mail address.")), Length(max=LONGEST_EMAIL)],
    )
    password = PasswordField(
        _("Password"),
        validators=[DataRequired(_("Enter your password.")), Length(max=LONGEST)],
    )
    next = HiddenField()


class AskForLinkForm(Form):
    """Whose password was forgotten."""

    name = StringField(
        _("E-mail address or name"),
        validators=[DataRequired(_("Enter your e-mail address.")), Length(max=LONGEST_EMAIL)],
    )


class NewPasswordForm(Form):
    """A password that somebody chooses."""

    password = new_password_field()

    def accept(self, about: Iterable[str]) -> bool:
        """Validate, and judge the password; its faults stand at the field."""
        return self.validate() and accept_password(self.password, about)


class RegisterForm(Form):
    """A teacher who wants an account."""

    given_name = plain_text(_("First name"), _("Enter your first name."))
    family_name = plain_text(_("Last name"), _("Enter your last name."))
    email = email_field()
    school_number = StringField(
        _("School number"),
        validators=[
            DataRequired(_("Enter the six digits of your school's number.")),
            Regexp(SCHOOL_NUMBER, message=_("A school number has six digits, such as 160465.")),
        ],
    )

    password = new_password_field()

    def accept(self) -> bool:
        """Validate, and judge the password by what else was typed."""
        about = (self.email.data, self.given_name.data, self.family_name.data)
        return self.validate() and accept_password(self.password, about)

    def person(self, locale: str) -> PersonFacts:
        """Return who registers."""
        return PersonFacts(self.given_name.data, self.family_name.data, self.email.data, locale)


class ChangePasswordForm(Form):
    """One's own password, with the present one as proof."""

    present = PasswordField(
        _("Present password"),
        validators=[DataRequired(_("Enter your present password.")), Length(max=LONGEST)],
    )
    password = new_password_field()

    def accept(self, about: Iterable[str]) -> bool:
        """Validate, and judge the new password; its faults stand at the field."""
        return self.validate() and accept_password(self.password, about)


class ProfileForm(Form):
    """What people decide about themselves."""

    phone = StringField(
        _("Telephone for questions"),
        validators=[Length(max=60), Regexp(PLAIN, message=_("Use digits and blanks only."))],
    )
    locale = RadioField(
        _("Language of pages and letters"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
    )
    theme = RadioField(
        _("Display"), choices=[SelectChoice(each.value, THEMES[each]) for each in Theme]
    )
    keeps_history = BooleanField(_("Keep my past loans for me to see"))
    shortcuts = BooleanField(_("Keys of one letter"))

    def profile(self) -> Profile:
        """Return the wishes."""
        return Profile(
            phone=self.phone.data or "",
            locale=self.locale.data,
            theme=Theme(self.theme.data),
            keeps_history=self.keeps_history.data,
            shortcuts=self.shortcuts.data,
        )


def _mode_field(topic: LetterTopic) -> RadioField:
    """Return the field for when letters of a topic are wanted."""
    return RadioField(
        LETTER_TOPICS[topic],
        choices=[SelectChoice(mode.value, LETTER_MODES[mode]) for mode in LetterMode],
    )


class LetterChoicesForm(Form):
    """When letters are wanted, a field for each topic by its name."""

    bookings = _mode_field(LetterTopic.BOOKINGS)
    loans = _mode_field(LetterTopic.LOANS)
    reminders = _mode_field(LetterTopic.REMINDERS)
    holds = _mode_field(LetterTopic.HOLDS)
    searches = _mode_field(LetterTopic.SEARCHES)

    @classmethod
    def showing(cls, modes: Mapping[LetterTopic, LetterMode]) -> "LetterChoicesForm":
        """Return the form as it stands for these choices."""
        return cls(formdata=None, data={topic.value: mode.value for topic, mode in modes.items()})

    def topics(self) -> list[tuple[RadioField, LazyString]]:
        """Return the fields in their order, each with what its letters are about."""
        return [(self[topic.value], TOPIC_HINTS[topic]) for topic in LetterTopic]

    def wanted(self) -> dict[LetterTopic, LetterMode]:
        """Return the choices."""
        return {topic: LetterMode(self[topic.value].data) for topic in LetterTopic}


TOPIC_HINTS: Mapping[LetterTopic, LazyString] = {
    LetterTopic.BOOKINGS: _("what is reserved, changed, ready, or cancelled by yourself"),
    LetterTopic.LOANS: _("receipts, new due dates, news about defects you reported"),
    LetterTopic.REMINDERS: _("a few days before something is due"),
    LetterTopic.HOLDS: _("when something you wait for is there"),
    LetterTopic.SEARCHES: _("new titles that your saved searches find"),
}


def accept_password(field: PasswordField, about: Iterable[str]) -> bool:
    """Judge a chosen password; says whether it will do, and puts the faults at the field."""
    faults = password_faults(field.data, about)
    field.errors = [*field.errors, *(label(fault) for fault in faults)]
    return not faults
