"""How many processes spend from the same limits, and what is one's part of a whole."""


class Crowd:
    """The processes at work over one database, as last counted; one until somebody counts."""

    def __init__(self, size: int = 1) -> None:
        self.size = size

    def meet(self, size: int) -> None:
        """Learn how many there are; we are always one of them."""
        self.size = max(1, size)

    def part(self, whole: int) -> int:
        """Return what each may take of a whole, at least one.

        >>> Crowd(4).part(10), Crowd(4).part(3)
        (2, 1)
        """
        return max(1, whole // self.size)
