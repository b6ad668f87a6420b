"""Lines of a chat as a phone draws them: words with links, cards, and who said it when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from twin.page.chats import Shelf, title_of
from twin.page.lines import Line
from twin.page.links import Piece, pieces
from twin.page.parts import Hand, Part, is_told_by_parts, parts

SHOWN = 60
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One drawn line. `n` is its entry in the book; a `note` is no speech."""

    n: int
    clock: str
    mine: bool
    name: str
    note: str = ""
    words: tuple[Piece, ...] = ()
    parts: tuple[Part, ...] = ()
    is_fault: bool = False
    copy: str = ""


def bubbles(shelf: Shelf, hand: Hand) -> tuple[Bubble, ...]:
    """Return the newest 60 lines of the hand's chat; a still one is seen from the other side."""
    lines = shelf.threads.of(hand.owner, hand.chat)[-SHOWN:]
    return tuple(_bubble(hand, one) for one in lines)


def clock(at: float) -> str:
    """Return a time of day in China."""
    return datetime.fromtimestamp(at, UTC).astimezone(_CHINA).strftime("%H:%M:%S")


def day_and_clock(at: float) -> str:
    """Return a day and a time of day in China."""
    return datetime.fromtimestamp(at, UTC).astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _bubble(hand: Hand, line: Line) -> Bubble:
    if line.note:
        noted = hand.say.note(line.note, line.text)
        return Bubble(n=line.n, clock=clock(line.at), mine=False, name="", note=noted)
    told = parts(hand, line)
    hidden = bool(told) and is_told_by_parts(line)
    return Bubble(
        n=line.n,
        clock=clock(line.at),
        mine=line.mine is not hand.still,
        name=_speaker(hand, line),
        words=() if hidden else pieces(hand.stage, hand.who, line.text),
        parts=told,
        is_fault=line.via == "fault",
        copy=line.text,
    )


def _speaker(hand: Hand, line: Line) -> str:
    if line.mine:
        return hand.owner.removeprefix("@") if hand.still else hand.who
    if line.via == "kf_staff":
        return title_of(hand.stage, f"staff:{line.name}")
    return line.name or title_of(hand.stage, hand.chat)
