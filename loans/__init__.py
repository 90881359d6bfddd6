"""Who has what, until when, and for which purpose: bookings, holds, loans and returns."""
