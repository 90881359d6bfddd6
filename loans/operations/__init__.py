"""What people do to loans: each module is a verb."""
