"""What people do to catalogue: each module is a verb."""
