"""What came back for one request that the twin sent out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one delivery. `status` is 0 when nothing did; `trouble` says why."""

    status: int
    body: bytes = b""
    trouble: str = ""
    ms: float = 0.0
