"""Wishes for purchase, and what the centre is short of."""

from tests.journeys.sights import (
    HEAD,
    MAIN_FORM,
    NEW_STAFF,
    NEW_TEACHER,
    STAFF,
    TEACHER,
    Sent,
    Sight,
)

WISHING = (
    Sight("wishes.list_page", TEACHER, "/wishes"),
    Sight("wishes.list_page", NEW_TEACHER, "/wishes"),
    Sight("wishes.new_page", TEACHER, "/wishes/new?words=Xyzzyqu"),
    Sight("wishes.new_page", TEACHER, "/wishes/new?title={film}", note="more-copies"),
    Sight("wishes.new_page", TEACHER, "/wishes/new", Sent(MAIN_FORM, {"what": ""}), 422, "empty"),
    Sight("purchases.shortage_list", STAFF, "/purchases"),
    Sight("purchases.shortage_list", NEW_STAFF, "/purchases"),
    Sight("purchases.shortage", STAFF, "/purchases/titles/{short_title}"),
    Sight("purchases.wish_list", HEAD, "/purchases/wishes"),
    Sight("purchases.wish_list", STAFF, "/purchases/wishes?state=declined", note="declined"),
    Sight("purchases.wish_list", NEW_STAFF, "/purchases/wishes"),
    Sight("purchases.wish", STAFF, "/purchases/wishes/{wish}"),
    Sight("purchases.wish", STAFF, "/purchases/wishes/{wish}?find=Wald", note="find"),
    Sight("purchases.wish", STAFF, "/purchases/wishes/{answered_wish}", note="answered"),
    Sight(
        "purchases.wish",
        STAFF,
        "/purchases/wishes/{wish}",
        Sent(MAIN_FORM, {"state": "declined", "sentence": ""}),
        422,
        "no-sentence",
    ),
    Sight(
        "purchases.wish",
        STAFF,
        "/purchases/wishes/{wish}",
        Sent(MAIN_FORM, {"state": "ordered", "version": "99"}),
        409,
        "changed-meanwhile",
    ),
)
