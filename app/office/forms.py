"""Forms of the office."""

from collections.abc import Sequence

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, Regexp

from app.forms import DayField, Form, QueryForm, mail_address, several_lines
from app.people_words import ACCOUNT_STATES, LETTER_KINDS, ROLES
from schools.models.account import AccountState
from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind, LetterState
from schools.operations.edit_centre import CentreFacts
from schools.operations.open_account import PersonFacts
from schools.queries.accounts import AccountFilter
from schools.queries.letters import LetterFilter
from schools.rules.granting import AT_SCHOOL, MAY_GIVE
from schools.rules.letter_placeholders import FoundFault, WordingFault, wording_faults
from schools.rules.roles import Actor, Role

LONGEST_TEXT = 60_000
LONGEST_WORDING = 4000
LONGEST_WORDS = 100
MOST_DIGITS = 9
ONE_LINE = r"^[^\x00-\x1f\x7f<>]*$"


def line(label: LazyString, longest: int, sentence: LazyString | None = None) -> StringField:
    """Return a field for one line; with a sentence it must not be empty."""
    return StringField(
        label,
        filters=[lambda text: text.strip() if text else ""],
        validators=[
            Optional() if sentence is None else DataRequired(sentence),
            Length(max=longest, message=_("This is too long.")),
            Regexp(ONE_LINE, message=_("Use one line, without < and >.")),
        ],
    )


class RoleForm(Form):
    """A role and where it is held."""

    role = SelectField(_("Role"))
    centre = SelectField(_("Media centre"), validate_choice=False, validators=[Optional()])
    school_number = line(_("School number"), 20)

    def offer(self, by: Actor, centres: Sequence[MediaCentre]) -> None:
        """Offer the roles that `by` may give anywhere, and the centres within reach."""
        roles = frozenset[Role]().union(*(MAY_GIVE.get(g.role, ()) for g in by.grants))
        self.role.choices = [
            SelectChoice(role.value, ROLES[role]) for role in Role if role in roles
        ]
        self.centre.choices = [SelectChoice(str(each.id), each.name) for each in centres]

    def at_school(self) -> bool:
        """Say whether the chosen role is held at a school."""
        return Role(self.role.data) in AT_SCHOOL

    def centre_id(self) -> int | None:
        """Return the chosen centre, if it was offered."""
        offered = {choice.value for choice in self.centre.choices}
        return int(self.centre.data) if self.centre.data in offered else None


class InviteForm(RoleForm):
    """Somebody who gets an account."""

    given_name = line(_("First name"), 120, _("Enter the first name."))
    family_name = line(_("Last name"), 120, _("Enter the last name."))
    email = StringField(
        _("E-mail address"),
        filters=[lambda text: text.strip() if text else ""],
        validators=[DataRequired(_("Enter the address the letter goes to.")), mail_address()],
    )

    def person(self) -> PersonFacts:
        """Return who is invited."""
        return PersonFacts(self.given_name.data, self.family_name.data, self.email.data)


class AccountSearchForm(QueryForm):
    """Which accounts are shown."""

    words = line(_("Name or address"), 100)
    role = SelectField(
        _("Role"),
        choices=[SelectChoice("", _("all")), *(SelectChoice(r.value, ROLES[r]) for r in Role)],
    )
    state = SelectField(
        _("State"),
        choices=[
            SelectChoice("", _("all")),
            *(SelectChoice(state.value, ACCOUNT_STATES[state]) for state in AccountState),
        ],
    )

    def wanted(self, narrowest: AccountFilter) -> AccountFilter:
        """Return what is looked for; what is not understood does not narrow."""
        role, state = self.role.data, self.state.data
        return AccountFilter(
            day=narrowest.day,
            words=self.words.data or "",
            role=Role(role) if role in set(Role) else None,
            state=AccountState(state) if state in set(AccountState) else None,
        )


class LetterSearchForm(QueryForm):
    """Which letters are shown; faults narrow nothing."""

    words = line(_("Name or address"), 100)
    kind = SelectField(
        _("Kind of letter"),
        choices=[
            SelectChoice("", _("all")),
            *(SelectChoice(kind.value, LETTER_KINDS[kind]) for kind in LetterKind),
        ],
        validate_choice=False,
    )
    day = DayField(_("Day"), validators=[Optional()])

    def wanted(self, state: str) -> LetterFilter:
        """Return what is looked for, in a state if `state` names one."""
        kind = self.kind.data
        return LetterFilter(
            state=LetterState(state) if state in set(LetterState) else None,
            kind=LetterKind(kind) if kind in set(LetterKind) else None,
            words=(self.words.data or "")[:LONGEST_WORDS],
            day=self.day.data,
        )


class LetterTextForm(Form):
    """A centre's own words for a kind of letter; `version` tells which ones were opened."""

    subject = line(_("Subject line"), 120)
    text = TextAreaField(
        _("Text"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_WORDING, message=_("This is too long."))],
    )
    version = HiddenField(default="0")

    def opened_version(self) -> int:
        """Return the version that was opened for editing; 0 if there was none."""
        return _version(self.version.data)

    def accept(self, known: Sequence[str]) -> bool:
        """Validate, and look at the placeholders; their faults stand at the field."""
        if not self.validate():
            return False
        for field in (self.subject, self.text):
            faults = wording_faults(field.data or "", known)
            field.errors = [*field.errors, *(_wording_sentence(each, known) for each in faults)]
        return not self.errors


class CentreForm(Form):
    """A centre's name and address."""

    name = line(_("Name"), 200, _("Enter the name of the media centre."))
    street = line(_("Street"), 200)
    postal_code = line(_("Postal code"), 10)
    city = line(_("Town"), 120)
    phone = line(_("Telephone"), 60)
    email = StringField(
        _("E-mail address for answers"),
        filters=[lambda text: text.strip() if text else ""],
        validators=[Optional(), mail_address()],
    )

    def facts(self) -> CentreFacts:
        """Return what the centre says about itself."""
        return CentreFacts(
            name=self.name.data,
            street=self.street.data,
            postal_code=self.postal_code.data,
            city=self.city.data,
            phone=self.phone.data,
            email=self.email.data,
        )


class LegalTextForm(Form):
    """The text of a legal page; `version` tells which one was opened."""

    text = TextAreaField(
        _("Text"), validators=[Length(max=LONGEST_TEXT, message=_("This is too long."))]
    )
    version = HiddenField(default="0")

    def opened_version(self) -> int:
        """Return the version that was opened for editing; 0 if there was none."""
        return _version(self.version.data)


def _version(typed: object) -> int:
    text = str(typed)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def _wording_sentence(found: FoundFault, known: Sequence[str]) -> str:
    if found.fault is WordingFault.UNKNOWN:
        names = ", ".join(f"{{{name}}}" for name in known)
        sentence = gettext(
            "%(name)s does not exist in this letter. There is: %(names)s.",
            name=found.text,
            names=names,
        )
        return str(sentence)
    return str(gettext("A brace has no partner: “%(line)s”", line=found.text))
