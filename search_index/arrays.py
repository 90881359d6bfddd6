"""The kinds of arrays all rooms of the read path hand to each other.

A *document number* counts the documents of one state of the index from 0, deleted ones included;
it means nothing in another state. Arrays are never written to once they were handed on.
"""

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
"""Document numbers, ordinals, counts: what fits a million times into little memory."""
Floats = npt.NDArray[np.float32]
"""Weights, lengths and scores."""
