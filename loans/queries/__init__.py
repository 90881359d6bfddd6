"""What pages and operations read about calendars, terms, bookings and loans."""
