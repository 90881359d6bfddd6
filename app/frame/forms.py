"""The two small forms of the frame."""

from wtforms import RadioField

from app.forms import Form
from app.languages import LANGUAGES
from schools.models.account import Theme


class LanguageForm(Form):
    """One of the languages we speak."""

    language = RadioField(choices=list(LANGUAGES.items()))


class ThemeForm(Form):
    """Light, dark or as the device wishes."""

    theme = RadioField(choices=[(each.value, each.value) for each in Theme])
