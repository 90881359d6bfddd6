"""Whom we serve and what they teach: institutions, people, accounts, curriculum, concepts."""
