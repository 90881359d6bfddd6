"""What can go wrong with an index; none of it ever changes a lending decision."""


class SearchIndexError(Exception):
    """Parent of all errors of this package."""


class IndexUnavailableError(SearchIndexError):
    """There is no index that could be trusted: missing, broken or of an older format.

    Attributes:
        fault: what was found, one sentence for the operator.
    """

    def __init__(self, fault: str) -> None:
        """Keep the fault for the health page."""
        super().__init__(fault)
        self.fault = fault


class IndexBusyError(SearchIndexError):
    """Another process is writing the index; what was to be written stays owed."""


class IndexWriteError(SearchIndexError):
    """The index could not be written: the disk is full, or the folder closed to us."""
