"""The pieces of forms and lists, as HTML that screen readers understand."""

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.forms import Form
from app.paging import page_numbers

FIELD = '{% from "macros/forms.html" import field, summary %}'
PARTS = '{% from "macros/parts.html" import pagination, scroll, empty, breadcrumb, kind %}'
CHOICES = [SelectChoice("a", "A"), SelectChoice("b", "B")]


class Sample(Form):
    school_class = StringField("Class", [InputRequired("Enter the class, such as 7b.")])
    note = TextAreaField("Note")
    first = DateField("From")
    place = SelectField("Place", choices=CHOICES)
    way = RadioField("Way", [InputRequired("Choose a way.")], choices=CHOICES)
    agree = BooleanField("Agree")


def render(app: Flask, template: str, *, check: bool = False, **sent: str) -> str:
    """Render a template with the sample form as sent, checked if asked for."""
    with app.test_request_context("/list?words=wald&page=3"):
        form = Sample(MultiDict(sent), meta={"csrf": False})
        if check:
            form.validate()
        return render_template_string(template, form=form)


def test_a_field_has_label_and_control_that_know_each_other(app: Flask) -> None:
    html = render(app, FIELD + "{{ field(form.school_class, options='short') }}")
    assert '<label class="form-label" for="school_class">Class</label>' in html
    assert 'class="form-control short"' in html
    assert "aria-describedby" not in html


def test_a_hint_describes_the_control(app: Flask) -> None:
    html = render(app, FIELD + "{{ field(form.note, hint='No names.', optional=true, rows=3) }}")
    assert 'aria-describedby="note-hint"' in html
    assert '<p class="form-text" id="note-hint">No names.</p>' in html
    assert "(optional)" in html
    assert 'rows="3"' in html


def test_a_fault_stands_above_its_control_and_in_the_summary(app: Flask) -> None:
    html = render(app, FIELD + "{{ summary(form) }}{{ field(form.school_class) }}", check=True)
    assert 'role="alert"' in html
    assert '<a href="#school_class">Enter the class, such as 7b.</a>' in html
    assert '<a href="#way-0">Choose a way.</a>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="school_class-error"' in html
    assert html.index("invalid-feedback") < html.index("<input")


def test_what_was_entered_stays_and_is_escaped(app: Flask) -> None:
    html = render(app, FIELD + "{{ field(form.note) }}", note="<script>1</script>")
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_choices_are_a_fieldset_with_a_legend(app: Flask) -> None:
    html = render(app, FIELD + "{{ field(form.way) }}")
    assert '<legend class="form-label">Way</legend>' in html
    assert '<label class="form-check-label" for="way-1">B</label>' in html
    assert 'id="way-0"' in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("place", 'class="form-select"'),
        ("first", 'type="date"'),
        ("agree", 'class="form-check-input"'),
    ],
)
def test_each_kind_of_field_has_its_control(app: Flask, name: str, expected: str) -> None:
    assert expected in render(app, f"{FIELD}{{{{ field(form.{name}) }}}}")


@pytest.mark.parametrize(
    ("page", "last", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (5, 9, [1, None, 3, 4, 5, 6, 7, None, 9]),
        (1, 9, [1, 2, 3, None, 9]),
        (9, 9, [1, None, 7, 8, 9]),
    ],
)
def test_pages_around_this_one_are_shown(page: int, last: int, shown: list[int | None]) -> None:
    assert page_numbers(page, last) == shown


def test_page_links_keep_the_rest_of_the_address(app: Flask) -> None:
    html = render(app, PARTS + "{{ pagination(3, 5) }}")
    assert 'href="/list?words=wald&amp;page=4"' in html
    assert 'href="/list?words=wald"' in html
    assert html.count('aria-current="page"') == 1


def test_a_single_page_needs_no_links(app: Flask) -> None:
    assert render(app, PARTS + "{{ pagination(1, 1) }}").strip() == ""


def test_a_wide_table_is_a_region_with_a_name_of_its_own(app: Flask) -> None:
    html = render(app, PARTS + "{% call scroll('Copies') %}<table></table>{% endcall %}")
    assert 'role="region" tabindex="0" aria-label="Copies"' in html


def test_the_last_step_of_a_path_is_this_page(app: Flask) -> None:
    html = render(app, PARTS + "{{ breadcrumb([('Search', '/search'), ('Forest', '')]) }}")
    assert '<li aria-current="page">Forest</li>' in html
    assert '<a href="/search">Search</a>' in html
