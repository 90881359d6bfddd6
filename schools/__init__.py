"""Whom we serve and what they teach: institutions, people, accounts, curriculum and media concepts."""
