"""Things worth keeping, up to a number of bytes; what was not asked for longest goes first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

OVERHEAD = 200
"""Bytes an entry costs besides its value."""


Value = TypeVar("Value")


@dataclass(slots=True)
class Kept(Generic[Value]):
    """A bounded store of values by key, for any number of threads.

    Attributes:
        most_bytes: of all values together; one that is larger alone is not kept.
    """

    most_bytes: int
    _values: OrderedDict[Hashable, tuple[Value, int]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable) -> Value | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of `size` bytes."""
        size += OVERHEAD
        if size > self.most_bytes:
            return
        with self._lock:
            _, replaced = self._values.pop(key, (None, 0))
            self._values[key] = (value, size)
            self._bytes += size - replaced
            while self._bytes > self.most_bytes:
                _, (_, dropped) = self._values.popitem(last=False)
                self._bytes -= dropped

    @property
    def size(self) -> int:
        """Bytes kept now."""
        return self._bytes
