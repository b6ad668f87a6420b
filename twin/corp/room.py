"""What the app sent to employees: recent messages, cards by task, and codes to change a card."""

import secrets
from dataclasses import dataclass, field

from twin.shape import Json

SENT_CODE_S = 259_200.0  # a code that came with the sending
TAP_CODE_S = 86_400.0  # a code that came with a tap


@dataclass(slots=True, kw_only=True)
class Card:
    """A card that was sent. Each receiver has their own view of it."""

    task_id: str
    kind: str
    views: dict[str, Json]  # userid -> the card as this employee sees it
    closed: dict[str, str] = field(default_factory=dict)  # userid -> what the button says now


@dataclass(slots=True, kw_only=True)
class Code:
    """A response_code: for one change of one card, until `dies`."""

    card: Card
    dies: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class Sent:
    """A message that can be recalled for a day. `task_id` is that of its card."""

    userids: tuple[str, ...]
    at: float
    task_id: str = ""
    recalled: bool = False


class AppRoom:
    """Everything the app sent that somebody may come back to."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, str], float] = {}
        self._kept: dict[str, Sent] = {}
        self._cards: dict[str, Card] = {}
        self._codes: dict[str, Code] = {}

    def repeats(self, userid: str, digest: str, since: float) -> bool:
        """Tell whether the same content went to this employee after `since`."""
        return self._sent.get((userid, digest), 0.0) >= since

    def sent(self, userid: str, digest: str, now: float) -> None:
        """Remember that this content went to this employee."""
        self._sent[userid, digest] = now

    def keep(self, msgid: str, sent: Sent) -> None:
        """Remember a message by its msgid."""
        self._kept[msgid] = sent

    def kept(self, msgid: str) -> Sent | None:
        """Return what was sent under a msgid."""
        return self._kept.get(msgid)

    def clear(self, task_id: str) -> None:
        """Take a card off every phone; its task_id stays used."""
        card = self._cards.get(task_id)
        if card:
            card.views.clear()

    def knows(self, task_id: str) -> bool:
        """Tell whether a card with this task_id was sent."""
        return task_id in self._cards

    def lay(self, card: Card) -> None:
        """Remember a card that was sent."""
        self._cards[card.task_id] = card

    def newest(self, userid: str, task_id: str = "") -> Card | None:
        """Return the newest card of this employee, or that with this task_id."""
        mine = [one for one in self._cards.values() if userid in one.views]
        return next((one for one in reversed(mine) if task_id in ("", one.task_id)), None)

    def issue(self, card: Card, dies: float) -> str:
        """Return a new code to change this card."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = Code(card=card, dies=dies)
        return code

    def code(self, wanted: str) -> Code | None:
        """Return what is known of a code."""
        return self._codes.get(wanted)
