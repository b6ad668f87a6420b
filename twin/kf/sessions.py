"""Conversations of customers with kf accounts: service states, windows, quotas and cards."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum

WINDOW_S = 172_800.0
SHORT_S = 20.0
QUOTA = 5


class State(IntEnum):
    """Service states (kf.md section 3)."""

    NEW = 0
    BOT = 1
    POOL = 2
    HUMAN = 3
    ENDED = 4


class Moment(Enum):
    """What a code lets the corp speak about."""

    ENTERED = "entered"
    QUEUED = "queued"
    TAKEN = "taken"
    ENDED = "ended"

    def lives_s(self, welcome_s: float) -> float:
        """Return for how many seconds such a code is good."""
        if self is Moment.ENTERED:
            return welcome_s
        return SHORT_S if self is Moment.ENDED else WINDOW_S

    def kinds(self) -> tuple[str, ...]:
        """Return the message types that may be sent with such a code."""
        wide = self in (Moment.ENTERED, Moment.ENDED)
        return ("text", "msgmenu") if wide else ("text",)


_NEXT: dict[State, tuple[State, ...]] = {
    State.NEW: (State.BOT, State.POOL, State.HUMAN, State.ENDED),
    State.BOT: (State.POOL, State.HUMAN, State.ENDED),
    State.POOL: (State.HUMAN, State.ENDED),
    State.HUMAN: (State.HUMAN, State.ENDED),
    State.ENDED: (),
}
_PROMPTS = {State.POOL: Moment.QUEUED, State.HUMAN: Moment.TAKEN, State.ENDED: Moment.ENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The invitation on top of a conversation: into a group, or to add an employee."""

    chat_id: str = ""
    userid: str = ""
    wording: str = ""


@dataclass(slots=True, kw_only=True)
class Session:
    """One customer's conversation with one kf account; it begins with the first entering."""

    open_kfid: str
    external_userid: str
    entered: float
    scene: str = ""
    scene_param: str = ""
    state: State = State.ENDED
    servicer: str = ""
    spoke: float | None = None  # the customer's last message
    touched: float = 0.0  # anybody's last message
    welcomed: float | None = None
    said: list[str] = field(default_factory=list)  # msgids of the customer, without recalled ones
    sent: int = 0  # messages of the corp since the customer's last one
    card: Card | None = None
    prompted: set[State] = field(default_factory=set)

    def consulted(self, now: float) -> bool:
        """Tell whether the customer said something within 48 h."""
        return self.spoke is not None and now - self.spoke <= WINDOW_S

    def greeted(self, now: float) -> bool:
        """Tell whether a welcome was shown within 48 h."""
        return self.welcomed is not None and now - self.welcomed <= WINDOW_S

    def hear(self, now: float, msgid: str) -> None:
        """Take a message of the customer: the quota is full again, an ended session opens anew."""
        self.spoke = self.touched = now
        self.sent = 0
        self.said.append(msgid)
        if self.state is State.ENDED:
            self.state = State.NEW
            self.prompted.clear()

    def may_become(self, state: State, servicer: str) -> bool:
        """Tell whether the platform allows this change; a hand-over must be to somebody else."""
        return state in _NEXT[self.state] and (
            state is not State.HUMAN or servicer != self.servicer
        )

    def become(self, state: State, servicer: str = "") -> Moment | None:
        """Change the state; return the moment a code is owed for, the first time in a session."""
        self.state, self.servicer = state, servicer
        if state in self.prompted:
            return None
        self.prompted.add(state)
        return _PROMPTS.get(state)
