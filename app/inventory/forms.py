"""What people type about devices, defects and members."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import (
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.forms import DayField, Form, QueryForm, mail_address
from app.lending_words import SHELF_STEPS, STANDINGS
from app.people_words import ROLES
from app.stock_words import COPY_STATES, DEFECT_KINDS, DEFECT_STATES
from app.today import today
from catalogue.models.defect import DefectKind
from catalogue.operations.handle_defect import DefectDecision
from catalogue.queries.defects import DefectFacts, DefectFilter
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import FOLLOWING, STILL_OPEN, DefectState
from loans.operations.take_off_shelf import ShelfStep, steps_from
from loans.queries.device_at_hand import DeviceAtHand
from loans.queries.school import DeviceFilter, Standing
from schools.operations.open_account import Held, PersonFacts
from schools.rules.granting import AT_SCHOOL
from schools.rules.roles import Role

LONGEST_WORDS = 100
LONGEST_NAME = 120
LONGEST_EMAIL = 254
LONGEST_TEXT = 2000
LONGEST_ANSWER = 1000
ANY = ""
DEFECTIVE = "defective"
OPEN = "open"
ALL = "all"
PLAIN = r"^[^\x00-\x1f\x7f<>]*$"
"""No line breaks or other control characters: names stand in the heads of letters."""

LONGEST_BACK = timedelta(days=366)
LONGEST_AHEAD = timedelta(days=2 * 366)


class SchoolFilterForm(QueryForm):
    """Which schools are shown."""

    words = SearchField(_("School, number or town"), validators=[Length(max=LONGEST_WORDS)])


class DeviceFilterForm(QueryForm):
    """What a school's list of devices is narrowed to; faults narrow nothing."""

    words = SearchField(_("Filter devices"))
    list = SelectField(
        _("Origin"),
        choices=[
            SelectChoice(ANY, _("All origins")),
            *(SelectChoice(key.value, words) for key, words in STANDINGS.items()),
        ],
        default=ANY,
        validate_choice=False,
    )
    state = SelectField(
        _("State"),
        choices=[
            SelectChoice(ANY, _("All states")),
            SelectChoice(DEFECTIVE, _("With an open defect")),
            *(
                SelectChoice(key.value, words)
                for key, words in COPY_STATES.items()
                if key is not CopyState.WITHDRAWN
            ),
        ],
        default=ANY,
        validate_choice=False,
    )

    def wanted(self) -> DeviceFilter:
        """Return the filter; what is not among the choices is let go."""
        state = self.state.data or ANY
        standing = self.list.data or ANY
        return DeviceFilter(
            words=(self.words.data or "")[:LONGEST_WORDS],
            standing=Standing(standing) if standing in set(Standing) else None,
            state=CopyState(state) if state in set(CopyState) else None,
            defective=state == DEFECTIVE,
        )


class DefectFilterForm(QueryForm):
    """What a list of defects is narrowed to; faults narrow nothing."""

    state = SelectField(
        _("State"),
        choices=[
            SelectChoice(OPEN, _("All open")),
            SelectChoice(ALL, _("All")),
            *(SelectChoice(key.value, words) for key, words in DEFECT_STATES.items()),
        ],
        default=OPEN,
        validate_choice=False,
    )

    def wanted(self, institution_id: int | None) -> DefectFilter:
        """Return the filter for all defects within reach, or those of one school."""
        state = self.state.data or OPEN
        if state in set(DefectState):
            return DefectFilter(frozenset({DefectState(state)}), institution_id)
        return DefectFilter(frozenset() if state == ALL else STILL_OPEN, institution_id)


class DefectForm(Form):
    """A defect of one device."""

    copy = HiddenField()
    kind = RadioField(
        _("What is wrong?"),
        choices=[SelectChoice(key.value, words) for key, words in DEFECT_KINDS.items()],
        validators=[InputRequired(_("Choose what is wrong."))],
    )
    part = SelectField(_("Which part?"), validators=[Optional()], default=ANY)
    text = TextAreaField(
        _("Description"),
        validators=[
            Length(max=LONGEST_TEXT, message=_("This is too long; 2000 characters are the limit."))
        ],
    )
    photo = FileField(_("Photo"))

    def offer(self, device: DeviceAtHand) -> None:
        """Let the parts of the device be chosen."""
        parts = [SelectChoice(str(key), name) for key, name in device.parts]
        self.part.choices = [SelectChoice(ANY, _("The whole device")), *parts]

    def validate_text(self, field: TextAreaField) -> None:
        """Ask for words where the kind alone says nothing."""
        if self.kind.data == DefectKind.OTHER and not (field.data or "").strip():
            raise ValidationError(_("Say in a sentence what is wrong."))

    def part_id(self) -> int | None:
        """Return the key of the chosen part; None for the whole device."""
        return int(self.part.data) if self.part.data else None


class DecisionForm(Form):
    """What staff say about a defect, and do with the copy."""

    state = RadioField(_("Where it stands"), validators=[InputRequired(_("Choose a state."))])
    answer = TextAreaField(
        _("Answer to the school"),
        validators=[
            Length(
                max=LONGEST_ANSWER, message=_("This is too long; 1000 characters are the limit.")
            )
        ],
    )
    shelf = RadioField(_("The copy itself"), default=ANY)
    version = IntegerField(validators=[InputRequired()])

    def offer(self, defect: DefectFacts) -> None:
        """Let those states and steps be chosen that can follow."""
        states = [
            state
            for state in DefectState
            if state is defect.state or state in FOLLOWING[defect.state]
        ]
        self.state.choices = [SelectChoice(each.value, DEFECT_STATES[each]) for each in states]
        possible = steps_from(defect.copy_state, lacks=defect.lacks)
        steps = [SelectChoice(each.value, SHELF_STEPS[each]) for each in possible]
        self.shelf.choices = [SelectChoice(ANY, _("stays as it is")), *steps]

    def decision(self, defect_id: int) -> DefectDecision:
        """Return what was decided."""
        return DefectDecision(
            defect_id, self.version.data, DefectState(self.state.data), self.answer.data or ""
        )

    def step(self) -> ShelfStep | None:
        """Return what becomes of the copy; None if it stays as it is."""
        return ShelfStep(self.shelf.data) if self.shelf.data else None


class InviteForm(Form):
    """A colleague who gets an account by letter."""

    given_name = StringField(
        _("First name"),
        validators=[
            DataRequired(_("Enter the first name.")),
            Length(max=LONGEST_NAME, message=_("This is too long.")),
            Regexp(PLAIN, message=_("Use letters, digits and blanks only.")),
        ],
    )
    family_name = StringField(
        _("Last name"),
        validators=[
            DataRequired(_("Enter the last name.")),
            Length(max=LONGEST_NAME, message=_("This is too long.")),
            Regexp(PLAIN, message=_("Use letters, digits and blanks only.")),
        ],
    )
    email = EmailField(
        _("E-mail address"),
        validators=[
            DataRequired(_("Enter an e-mail address, such as ada.lovelace@school.example.")),
            Length(max=LONGEST_EMAIL, message=_("This is too long.")),
            mail_address(),
        ],
    )
    role = SelectField(
        _("Role"),
        choices=[
            SelectChoice(role.value, words) for role, words in ROLES.items() if role in AT_SCHOOL
        ],
        default=Role.TEACHER.value,
    )

    def person(self, locale: str) -> PersonFacts:
        """Return who is invited."""
        return PersonFacts(
            self.given_name.data, self.family_name.data, self.email.data.strip(), locale
        )

    def held(self, institution_id: int) -> Held:
        """Return the role at the school."""
        return Held(Role(self.role.data), institution_id=institution_id)


class LeaversForm(Form):
    """Who leaves a school, and when."""

    last = DayField(
        _("Last day"), validators=[InputRequired(_("Enter the last day at the school."))]
    )
    membership = SelectMultipleField(
        _("Who leaves?"),
        coerce=int,
        validate_choice=False,
        validators=[InputRequired(_("Choose at least one person."))],
    )

    def validate_last(self, field: DayField) -> None:
        """Refuse days that must be slips of the pen."""
        day: date | None = field.data
        if day and not today() - LONGEST_BACK <= day <= today() + LONGEST_AHEAD:
            raise ValidationError(_("Enter a day within the last year or the next two."))

    def chosen(self) -> Sequence[int]:
        """Return the keys of the chosen memberships; none if they are no numbers."""
        return self.membership.data or []


class MovableForm(Form):
    """Days off a school chooses: usual ones that are ticked, and one that is typed."""

    usual = SelectMultipleField(
        _("Days that schools usually choose"),
        choices=[],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    day = DayField(_("Another day"), validators=[Optional()])
    name = StringField(
        _("What for"),
        filters=[lambda text: text.strip() if text else ""],
        validators=[
            Length(max=LONGEST_NAME, message=_("This is too long.")),
            Regexp(PLAIN, message=_("Use one line, without < and >.")),
        ],
    )

    def offer(self, usual: Sequence[tuple[date, str, str]]) -> None:
        """Offer days, each with its name and with words for its box."""
        self.names = {day.isoformat(): name for day, name, _words in usual}
        self.usual.choices = [SelectChoice(day.isoformat(), words) for day, _name, words in usual]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401  # WTForms' own
        """Refuse a form that names no day."""
        valid = bool(super().validate(extra_validators))
        if valid and not self.days():
            self.day.errors = [gettext("Tick a day, or enter one.")]
            return False
        return valid

    def days(self) -> list[tuple[date, str]]:
        """Return the days with their names, each once; boxes nobody offered are let go."""
        ticked = [each for each in self.usual.data or () if each in self.names]
        found = {date.fromisoformat(each): self.names[each] for each in ticked}
        if self.day.data is not None:
            found[self.day.data] = self.name.data or found.get(self.day.data, "")
        return list(found.items())
