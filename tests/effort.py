"""How hard the suite tries: `EFFORT=ci` (default) repeats little, `EFFORT=soak` the full count."""

import os

SOAK = os.environ.get("EFFORT", "ci") == "soak"


def times(*, ci: int, soak: int) -> int:
    """Return how often something is repeated under the present effort."""
    return soak if SOAK else ci
