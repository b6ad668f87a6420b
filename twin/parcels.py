"""Every callback exactly as it went out, and every answer exactly as it was given, for reading."""

from dataclasses import dataclass, replace

from twin.answer import Answer
from twin.seal import Post
from twin.shape import Json

KEPT = 5000
BODY_BYTES = 16_384  # of an answer; no honest one is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One delivery: where it went, what went out, and what came back."""

    url: str
    post: Post
    answer: Answer


class Parcels:
    """The deliveries of the last 5,000 happenings and the answers to the last 5,000 calls."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._sent: dict[str, list[Parcel]] = {}
        self._answers: dict[int, Json] = {}

    def sent(self, happening: str, parcel: Parcel) -> None:
        """Keep one delivery of a happening, with the beginning of a very long answer."""
        answer = replace(parcel.answer, body=parcel.answer.body[:BODY_BYTES])
        self._sent.setdefault(happening, []).append(replace(parcel, answer=answer))
        if len(self._sent) > self._kept:
            del self._sent[next(iter(self._sent))]

    def of(self, happening: str) -> tuple[Parcel, ...]:
        """Return the deliveries of a happening in order; nothing once they are too old."""
        return tuple(self._sent.get(happening, ()))

    def answered(self, call: int, body: Json) -> None:
        """Keep what the call with this number in the book was answered."""
        self._answers[call] = body
        if len(self._answers) > self._kept:
            del self._answers[next(iter(self._answers))]

    def answer(self, call: int) -> Json | None:
        """Return what a call was answered, None once it is too old."""
        return self._answers.get(call)
