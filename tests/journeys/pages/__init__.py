"""Every page a person can see, by area."""
