"""What is known of an event while the rest is being found out."""

from dataclasses import dataclass, field

from bot.db.tx import Row
from bot.events import Event
from bot.facts import Content, ListedFacts, Member, OrderFacts
from bot.shop import Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An event, whom it is about, and the shop it happens in."""

    shop: Shop
    content: Content
    row: Row
    event: Event
    member: Member | None
    pool: str
    now_us: int
    chat: str = ""
    orders: OrderFacts = field(default_factory=OrderFacts)
    listed: ListedFacts = field(default_factory=ListedFacts)

    @property
    def person(self) -> str | None:
        """Return the id of the member the event is about, or None."""
        return self.member.id if self.member else None
