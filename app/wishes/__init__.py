"""Wishes for purchase: teachers wish, staff answer, and see what the centre is short of."""
