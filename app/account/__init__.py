"""Signing in, invitations, new passwords, registering, the profile."""
