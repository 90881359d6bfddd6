"""What people type about wishes for purchase."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from app.forms import Form, one_line, several_lines
from app.labels import label
from app.routing import HIGHEST_KEY, as_key
from catalogue.queries.stock_lists import ListedTitle
from loans.operations.answer_wish import PurchaseAnswer
from loans.operations.wish_for_purchase import PurchaseAsked
from loans.queries.purchases import WishFacts
from loans.rules.purchases import ANSWERS, PurchaseState

LONGEST_WISH = 300
LONGEST_REASON = 1000
LONGEST_ANSWER = 1000
NO_TITLE = 0


class WishForm(Form):
    """What is wished for, and what for."""

    what = StringField(
        _("What is missing?"),
        filters=[one_line],
        validators=[
            DataRequired(_("Say what is missing.")),
            Length(max=LONGEST_WISH, message=_("This is too long.")),
        ],
    )
    why = TextAreaField(
        _("What do you need it for?"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_REASON, message=_("This is too long."))],
    )
    unit = SelectField(
        _("Teaching unit"), choices=[], coerce=as_key, validate_choice=False, default=0
    )
    institution = SelectField(
        _("For which school?"), choices=[], coerce=as_key, validate_choice=False, default=0
    )
    title = IntegerField(
        widget=HiddenField.widget, validators=[Optional(), NumberRange(1, HIGHEST_KEY)]
    )

    def asked(self) -> PurchaseAsked:
        """Return what is wished for."""
        return PurchaseAsked(
            what=self.what.data or "",
            why=self.why.data or "",
            title_id=self.title.data,
            unit_id=self.unit.data or None,
            institution_id=self.institution.data or None,
        )


class AnswerForm(Form):
    """What becomes of a wish, with a sentence for whoever wished."""

    state = RadioField(_("What becomes of it?"), choices=[], validators=[InputRequired()])
    sentence = TextAreaField(
        _("Sentence for the school"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_ANSWER, message=_("This is too long."))],
    )
    title = RadioField(
        _("Title in the catalogue"),
        choices=[],
        coerce=as_key,
        default=NO_TITLE,
        validate_choice=False,
    )
    version = IntegerField(
        widget=HiddenField.widget, validators=[InputRequired(), NumberRange(1, HIGHEST_KEY)]
    )

    def offer(self, wish: WishFacts, titles: Sequence[ListedTitle]) -> None:
        """Give the form the answers that are possible, and titles that may have come of it."""
        self.state.choices = [
            SelectChoice(state.value, label(state))
            for state in PurchaseState
            if state in ANSWERS[wish.state]
        ]
        known = {each.id: each.name for each in titles}
        if wish.title_id is not None:
            known = {wish.title_id: wish.title} | known
        self.title.choices = [
            SelectChoice(NO_TITLE, gettext("none")),
            *(SelectChoice(title_id, name) for title_id, name in known.items()),
        ]

    def validate_sentence(self, field: TextAreaField) -> None:
        """Ask for a sentence where a wish is declined."""
        if self.state.data == PurchaseState.DECLINED and not field.data:
            raise ValidationError(gettext("Say why it is not bought, in a sentence."))

    def answer(self, wish_id: int) -> PurchaseAnswer:
        """Return what staff say."""
        return PurchaseAnswer(
            wish_id,
            self.version.data,
            PurchaseState(self.state.data),
            self.sentence.data or "",
            self.title.data or None,
        )
