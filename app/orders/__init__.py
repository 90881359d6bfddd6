"""Collective orders: several teachers of a school, one delivery, one sheet."""
