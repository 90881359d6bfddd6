"""Letters and calendars: one's own, and those the office words and looks after."""

from tests.journeys.sights import (
    HEAD,
    MAIN_FORM,
    NEW_HEAD,
    NEW_TEACHER,
    PLANNER,
    STAFF,
    TEACHER,
    Sent,
    Sight,
)

OWN_WORDS = "/office/centres/{centre}/letters/booking_confirmed/de"
BUILT_IN = "/office/centres/{centre}/letters/loan_renewed/en"

LETTERS = (
    Sight("own_letters.letter_list", TEACHER, "/letters"),
    Sight("own_letters.letter_list", NEW_TEACHER, "/letters"),
    Sight("own_letters.letter", TEACHER, "/letters/{own_letter}"),
    Sight("office_letters.letter_list", HEAD, "/office/letters"),
    Sight("office_letters.letter_list", HEAD, "/office/letters?words=Xyzzyqu", note="nothing"),
    Sight("office_letters.letter_list", NEW_HEAD, "/office/letters"),
    Sight("office_letters.letter", HEAD, "/office/letters/{letter}"),
    Sight("office_letters.letter", HEAD, "/office/letters/{daily_letter}", note="daily"),
    Sight("office_letter_texts.text_list", HEAD, "/office/centres/{centre}/letters"),
    Sight("office_letter_texts.text_form", HEAD, OWN_WORDS),
    Sight("office_letter_texts.text_form", HEAD, BUILT_IN, note="built-in"),
    Sight(
        "office_letter_texts.text_form",
        HEAD,
        OWN_WORDS,
        Sent(MAIN_FORM, {"text": "Guten Tag {{titel}}"}),
        422,
        "invalid",
    ),
    Sight(
        "office_letter_texts.text_form",
        HEAD,
        OWN_WORDS,
        Sent(MAIN_FORM, {"text": "Guten Tag", "version": "77"}),
        409,
        "meanwhile",
    ),
    Sight("feeds.feed_list", TEACHER, "/feeds"),
    Sight("feeds.feed_list", STAFF, "/feeds"),
    Sight("feeds.feed_list", PLANNER, "/feeds"),
    Sight("feeds.show", TEACHER, "/feeds/{feed}"),
)
