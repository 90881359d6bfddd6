"""A query of rows that belong to a school or centre takes whoever asks into account."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

LIMITS = frozenset({"Scope", "Actor", "Viewpoint", "Grant"})
"""Types of parameters that say whose rows may be read; a viewpoint was made from a scope."""

UNLIMITED = {
    "public knowledge": (
        "catalogue/queries/groups.py:groups_around",
        "catalogue/queries/groups.py:groups_called",
        "catalogue/queries/groups.py:has_groups",
        "catalogue/queries/groups.py:known_groups",
        "catalogue/queries/title_page.py:tags_of",
        "loans/queries/calendars.py:calendar_of",
        "loans/queries/availability.py:licences_at",
        "loans/queries/calendars.py:calendars_of",
        "loans/queries/centre_calendars.py:centre_calendar",
        "loans/queries/choices.py:choices_of",
        "loans/queries/choices.py:choices_of_centres",
        "loans/queries/customers.py:customer_of",
        "loans/queries/deliveries.py:delivery_at",
        "loans/queries/movable_holidays.py:state_holidays",
        "loans/queries/named_rows.py:unfit_places",
        "loans/queries/house.py:house_of",
        "loans/queries/places.py:places_of",
        "loans/queries/places.py:visits_of",
        "loans/queries/recall.py:next_summer",
        "loans/queries/terms.py:terms_rows",
        "schools/queries/centres.py:branches_of",
        "schools/queries/institutions.py:count_members",
        "schools/queries/open_centres.py:active_centres",
    ),
    "asked with the key of whoever is signed in": (
        "catalogue/queries/title_lists.py:entries_of",
        "loans/queries/basket.py:count_basket",
        "loans/queries/basket.py:in_basket",
        "loans/queries/bookings.py:bookings_of_person",
        "loans/queries/bookings.py:class_names_of",
        "loans/queries/bookings.py:last_purpose_of",
        "loans/queries/desk.py:current_desk",
        "loans/queries/desk.py:last_word",
        "loans/queries/desk.py:line_of",
        "loans/queries/desk.py:log_of",
        "loans/queries/holds.py:holds_of_person",
        "loans/queries/parked.py:is_in_use",
        "loans/queries/parked.py:parked_at",
        "loans/queries/parked.py:parked_for",
        "loans/queries/parked.py:parked_keys",
        "loans/queries/loans.py:loans_of_person",
        "loans/queries/planned_media.py:subjects_taught",
        "schools/queries/letter_choices.py:modes_of",
        "schools/queries/letters.py:letter_of_person",
        "schools/queries/letters.py:letters_of_person",
        "schools/queries/signed_in.py:sessions_of",
    ),
    "decides about a row found within a scope, under its lock": (
        "loans/queries/availability.py:numbered_copies",
        "loans/queries/named_rows.py:named_copies",
        "loans/queries/named_rows.py:named_people",
        "loans/queries/named_rows.py:named_units",
        "loans/queries/booking_limits.py:count_bookings",
        "loans/queries/boxes.py:boxes_numbered",
        "loans/queries/boxes.py:contents_of",
        "loans/queries/deliveries.py:deliveries_of",
        "loans/queries/picking.py:picks_of",
        "loans/queries/borrowers.py:terms_of_members",
        "loans/queries/borrowers.py:terms_of_membership",
        "loans/queries/briefings.py:is_briefed",
        "loans/queries/hand_out.py:hold_on",
        "loans/queries/hand_out.py:lacks_critical",
        "loans/queries/hand_out.py:lending_limits",
        "loans/queries/hand_out.py:open_loan_of",
        "loans/queries/hand_out.py:parts_of",
        "loans/queries/hand_out.py:promise_for",
        "loans/queries/lending_case.py:case_of",
        "loans/queries/late_scans.py:moved_since",
        "loans/queries/lending_case.py:plan_of",
        "loans/queries/preview.py:answers_of",
        "loans/queries/preview.py:refusals_on",
        "loans/queries/scales.py:scales_for",
        "loans/queries/waiting.py:waiting_for",
        "loans/queries/renewals.py:blocked_by_staff",
        "loans/queries/queue.py:next_in_line",
        "loans/queries/queue.py:queue_of",
        "loans/queries/receipts.py:lines_of",
        "loans/queries/still_out.py:still_out",
        "schools/queries/accounts.py:held_roles",
        "schools/queries/members.py:deciders_of",
    ),
    "signing in, where nobody is known yet, or by a secret link": (
        "catalogue/queries/class_codes.py:thing_of_card",
        "catalogue/queries/class_codes.py:thing_of_code",
        "catalogue/queries/title_lists.py:shared_list",
        "loans/queries/tour_heads.py:head_of_tour",
        "loans/queries/tours.py:tour_of_link",
        "loans/queries/feeds.py:feed_of_link",
        "schools/queries/accounts.py:account_of_link",
        "schools/queries/accounts.py:first_account_with",
        "schools/queries/members.py:registration_to_prove",
        "schools/queries/signed_in.py:credentials_of",
        "schools/queries/signed_in.py:visitor_of_token",
    ),
    "shows days of a feed whose maker may see them, as was just asked": (
        "loans/queries/feed_days.py:bookings_of_feed",
        "loans/queries/feed_days.py:loans_of_feed",
        "loans/queries/feed_days.py:tours_of_feed",
    ),
    "the system's own": (
        "catalogue/queries/title_lists.py:accounts_with_alerts",
        "schools/queries/signed_in.py:actor_of_account",
        "loans/queries/demand.py:changed_demand",
        "loans/queries/invariants.py:breaches",
        "loans/queries/queue.py:holdings_waited_for",
        "schools/queries/letter_choices.py:mode_for",
        "schools/queries/letter_choices.py:standing_of",
        "schools/queries/letter_texts.py:own_words_of",
        "schools/queries/letters.py:letters_due",
        "schools/queries/signed_in.py:locale_of_account",
        "loans/queries/renewals.py:viewpoints_by_school",
        "schools/queries/letter_choices.py:modes_of_people",
        "schools/queries/letters.py:known_occasions",
        "schools/queries/media_officers.py:media_officers",
        "schools/queries/nights.py:last_nights",
    ),
}
"""Queries without a limit, by the reason why they need none."""


def public_queries() -> Iterator[tuple[str, ast.FunctionDef]]:
    for package in ("catalogue", "loans", "schools"):
        place = ROOT / package / "queries"
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        for path in files:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.name}", node


def reads_the_store(function: ast.FunctionDef) -> bool:
    return any(
        argument.annotation is not None and ast.unparse(argument.annotation) == "Session"
        for argument in function.args.args
    )


def is_limited(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    words = {
        word
        for argument in arguments
        if argument.annotation is not None
        for word in re.findall(r"\w+", ast.unparse(argument.annotation))
    }
    return bool(words & LIMITS)


def test_every_public_query_takes_a_scope_or_is_listed_with_a_reason() -> None:
    unlimited = {
        name
        for name, function in public_queries()
        if reads_the_store(function) and not is_limited(function)
    }
    listed = {name for names in UNLIMITED.values() for name in names}
    assert (unlimited - listed, listed - unlimited) == (set(), set())
