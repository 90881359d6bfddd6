"""Reserving, bookings and one's own page."""

from tests.journeys.sights import MAIN_FORM, NEW_STAFF, NEW_TEACHER, STAFF, TEACHER, Sent, Sight

RESERVING = (
    Sight("mine.my_page", TEACHER, "/mine"),
    Sight("mine.my_page", NEW_TEACHER, "/mine"),
    Sight("mine.my_page", STAFF, "/mine", None, 403, "refused"),
    Sight("bookings.own_bookings", TEACHER, "/bookings"),
    Sight("bookings.own_bookings", NEW_TEACHER, "/bookings"),
    Sight("bookings.centre_bookings", STAFF, "/bookings/all"),
    Sight("bookings.centre_bookings", STAFF, "/bookings/all?words=Xyzzyqu", note="nothing"),
    Sight("bookings.centre_bookings", NEW_STAFF, "/bookings/all"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{booked}", note="to-come"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{collected}", note="collected"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{past}", note="past"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{requested}", note="requested"),
    Sight("bookings.booking_page", STAFF, "/bookings/{requested}", note="to-decide"),
    Sight(
        "bookings.booking_page",
        STAFF,
        "/bookings/{requested}",
        Sent("form[action$=decline]"),
        422,
        "no-reason",
    ),
    Sight("bookings.booking_page", TEACHER, "/bookings/R-0", None, 404, "not-found"),
    Sight("reserve.reserve_page", TEACHER, "/bookings/new?holding={film_holding}"),
    Sight(
        "reserve.reserve_page",
        TEACHER,
        "/titles/{film}",
        Sent(MAIN_FORM, {"from": "2026-12-09", "until": "2026-12-01", "quantity": "0"}),
        422,
        "invalid",
    ),
    Sight(
        "reserve.reserve_page",
        TEACHER,
        "/titles/{film}",
        Sent(MAIN_FORM, {"from": "2026-12-05", "until": "2026-12-06", "quantity": "90"}),
        409,
        "refused",
    ),
    Sight(
        "reserve.reserve_page",
        TEACHER,
        "/bookings/new?holding={taken_holding}&from=2026-12-07&until=2026-12-11",
        note="nothing-free",
    ),
    Sight(
        "reserve.reserve_page",
        TEACHER,
        "/bookings/new?holding={film_holding}&order={order_id}",
        note="with-an-order",
    ),
    Sight("reserve.reserve_page", STAFF, "/bookings/new?holding={film_holding}"),
    Sight(
        "reserve.reserve_page", STAFF, "/bookings/new?holding={film_holding}&who=Bri", note="who"
    ),
    Sight(
        "reserve.reserve_page",
        STAFF,
        "/bookings/new?holding={film_holding}&who=Xyzzyqu",
        note="nobody",
    ),
)
