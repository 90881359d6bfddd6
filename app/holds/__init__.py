"""Waiting for titles: place a hold, see and change one's own, and the queues of a centre."""
