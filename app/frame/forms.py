"""The small forms of the frame."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.forms import Form, mail_address
from app.languages import LANGUAGES
from schools.models.account import Theme


class LanguageForm(Form):
    """One of the languages we speak."""

    language = RadioField(choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()])


class ThemeForm(Form):
    """Light, dark or as the device wishes."""

    theme = RadioField(choices=[SelectChoice(each.value) for each in Theme])


class BarrierForm(Form):
    """What somebody could not use."""

    text = TextAreaField(
        _("What could you not use?"),
        [InputRequired(_("Describe what you could not use.")), Length(max=4000)],
    )
    page = StringField(_("On which page?"), [Length(max=300)])
    email = EmailField(
        _("Your e-mail address"),
        [Optional(), Length(max=254), mail_address()],
    )
