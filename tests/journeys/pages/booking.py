"""Bookings anew, again, in series, from the basket, together, and as staff decide about them."""

from tests.journeys.sights import NEW_STAFF, NEW_TEACHER, STAFF, TEACHER, Sent, Sight

SERIES = "/bookings/series?holding={film_holding}&from=2026-12-09&until=2026-12-09"
BOOKING = (
    Sight("edit.edit_page", TEACHER, "/bookings/{booked}/edit"),
    Sight("edit.edit_page", STAFF, "/bookings/{requested}/edit", note="of-another"),
    Sight(
        "edit.edit_page",
        TEACHER,
        "/bookings/{booked}/edit",
        Sent("form[action$=edit]", {"from": "2026-12-09", "until": "2026-12-01"}),
        422,
        "invalid",
    ),
    Sight(
        "edit.edit_page",
        TEACHER,
        "/bookings/{booked}/edit",
        Sent("form[action$=edit]", {"from": "2026-12-05", "until": "2026-12-06"}),
        409,
        "refused",
    ),
    Sight("again.again_page", TEACHER, "/bookings/{past}/again"),
    Sight(
        "again.again_page",
        TEACHER,
        "/bookings/{past}/again?from=2026-12-05&until=2026-12-06",
        note="closed-days",
    ),
    Sight("series.series_page", TEACHER, SERIES),
    Sight(
        "series.series_page",
        TEACHER,
        SERIES,
        Sent("form[action$=series]", {"count": "0"}),
        422,
        "invalid",
    ),
    Sight("together.together_page", TEACHER, "/bookings/together/{group}"),
    Sight("basket.basket_page", TEACHER, "/basket"),
    Sight("basket.basket_page", NEW_TEACHER, "/basket", note="empty"),
    Sight("basket.basket_page", STAFF, "/basket"),
    Sight("basket.basket_page", STAFF, "/basket?who=Bri", note="who"),
    Sight("decide.requests_page", STAFF, "/bookings/requests"),
    Sight("decide.requests_page", NEW_STAFF, "/bookings/requests", note="none"),
    Sight("day_list.day_page", STAFF, "/bookings/day?holding={film_holding}"),
)
