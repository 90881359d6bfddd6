"""Words for acts on copies, loans, bookings, holds and defects, as the log keeps them."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

ACTS: Mapping[str, LazyString] = {
    "lend": _("it was lent"),
    "return": _("it was taken back"),
    "damage": _("a damage was noted"),
    "check_out": _("it was lent"),
    "check_in": _("it was taken back"),
    "receive": _("it was received"),
    "renew": _("the loan was renewed"),
    "undo_renewal": _("a renewal was taken back"),
    "recall": _("it was called back"),
    "move_date": _("its date was moved"),
    "claim": _("something was recorded about the loan"),
    "settle_claim": _("a claim was settled"),
    "withdraw_claim": _("a claim was withdrawn"),
    "correct_dates": _("its days were corrected"),
    "exchange_copy": _("its copy was exchanged"),
    "serve_hold": _("it was kept for somebody who waits"),
    "hold_arrived": _("it arrived where it is fetched"),
    "put_back_hold": _("a hold was put back in line"),
    "fulfil_hold": _("a hold was fulfilled"),
    "expire_hold": _("a hold ended"),
    "cancel_hold": _("a hold was cancelled"),
    "place_hold": _("the same person put themselves on the waiting list again"),
    "pick": _("it was picked for a booking"),
    "edit_copy": _("what is said of the copy was changed"),
    "abort_transit": _("its way was aborted"),
    "cancel": _("the booking was cancelled"),
    "edit": _("the booking was changed"),
    "lapse": _("the booking lapsed"),
    "repair": _("it went to repair"),
    "missing": _("nobody found it"),
    "put_back": _("it was put back on its shelf"),
    "count_parts": _("its parts were counted"),
    "bring_part": _("a missing part was brought"),
    "handle_defect": _("its defect was dealt with"),
    "withdraw_copy": _("it was withdrawn"),
    "place_copy": _("it was placed at a school"),
}
"""By the word in the log; acts not listed here are told in general."""


def act_words(act: str) -> str:
    """Say what was done, as half a sentence."""
    return str(ACTS.get(act) or _("something else was done with it"))
