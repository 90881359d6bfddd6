"""The numbers on people's cards."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit."""

DIGITS = 13
BITS = 65
"""So many random bits make a number that nobody finds by trying."""


def card_number(random_bits: int) -> str:
    """Return the card number that stands for a random number of `BITS` bits.

    Source:
        docs/rules.md, Accounts 1.8.
    """
    digits = [ALPHABET[(random_bits >> (5 * place)) & 31] for place in reversed(range(DIGITS))]
    return "P-" + "".join(digits)
