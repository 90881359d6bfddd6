"""Planning: the media of a teaching unit, or of a whole school year, reserved in one go."""
