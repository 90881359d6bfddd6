"""What people do to schools: each module is a verb."""
