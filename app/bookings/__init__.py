"""Reserving, one's own bookings and loans, and the centre's list of bookings."""
