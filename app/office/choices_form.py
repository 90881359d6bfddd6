"""The form of a centre's choices."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from app.forms import Form
from app.lending_words import OVERDUE_POLICIES
from app.office.fields import WholeNumber
from loans.rules.choices import CentreChoices
from loans.rules.holds import PickupTime
from loans.rules.renewals import OverduePolicy

MOST_PICKUP_DAYS = 60
MOST_PERSON_DAYS = 365
PICKUP_SENTENCE = _("Enter a whole number from 1 to 60.")
PERSON_SENTENCE = _("Enter a whole number from 0 to 365.")


class ChoicesForm(Form):
    """What a centre has chosen; `edition` tells which choices were opened."""

    pickup_days = WholeNumber(
        _("A copy set aside is kept for so many days"), (1, MOST_PICKUP_DAYS), PICKUP_SENTENCE
    )
    pickup_in_open_days = RadioField(
        _("These days are"),
        choices=[
            SelectChoice("open", _("open days of the branch")),
            SelectChoice("calendar", _("all days of the calendar")),
        ],
    )
    lapses_uncollected = BooleanField(_("A booking that nobody collects lapses by itself"))
    checks_returns = BooleanField(_("Returns are received first and looked over later"))
    overdue_policy = RadioField(
        _("What an overdue loan does to renewals"),
        choices=[SelectChoice(each.value, said) for each, said in OVERDUE_POLICIES.items()],
    )
    renews_automatically = BooleanField(_("Loans are renewed by themselves where they may be"))
    mails_receipts = BooleanField(_("Receipts go by e-mail to whoever has an address"))
    person_days = WholeNumber(
        _("Days until the person is cut from a loan"), (0, MOST_PERSON_DAYS), PERSON_SENTENCE
    )
    edition = HiddenField(default="")

    def choices(self) -> CentreChoices:
        """Return what was chosen, once it is valid."""
        return CentreChoices(
            pickup=PickupTime(self.pickup_days.data, self.pickup_in_open_days.data == "open"),
            lapses_uncollected=self.lapses_uncollected.data,
            checks_returns=self.checks_returns.data,
            overdue_policy=OverduePolicy(self.overdue_policy.data),
            renews_automatically=self.renews_automatically.data,
            mails_receipts=self.mails_receipts.data,
            person_days=self.person_days.data,
        )
