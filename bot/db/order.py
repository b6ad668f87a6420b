"""An order as its tellings come to, whichever was heard first; and what orders sum up to."""

from dataclasses import dataclass

from bot.actions.person import MarkOrder
from bot.clock import micros
from bot.db.people import alias_digest
from bot.events import Alias, AliasKind, OrderTold

STRENGTH = (
    AliasKind.UNIONID,
    AliasKind.EXTERNAL_USERID,
    AliasKind.KF_ID,
    AliasKind.OA_OPENID,
    AliasKind.MP_OPENID,
    AliasKind.CARD,
    AliasKind.PHONE,
)
_NEVER = -1  # what no revision told


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name an order carries: the keyed hash it is looked up by, and how strong it is."""

    digest: str
    kind: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it stands. What a revision leaves out is from the newest that told it."""

    source: str
    number: str
    revision: int
    state: str
    total_fen: int
    refunded_fen: int = 0
    paid_us: int | None = None
    paid_from: int = _NEVER
    store: str = ""
    store_from: int = _NEVER
    names: tuple[Name, ...] = ()
    names_from: int = _NEVER

    @property
    def stands(self) -> bool:
        """Whether it counts: neither cancelled nor wholly refunded."""
        return self.state == "paid"

    @property
    def net_fen(self) -> int:
        """What it adds to the member's spend."""
        return self.total_fen - self.refunded_fen if self.stands else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a member's standing orders come to."""

    count: int = 0
    spend_fen: int = 0
    last_us: int | None = None

    def plus(self, order: Order) -> "Sums":
        """Return these sums with one more order."""
        if not order.stands:
            return self
        paid = [at for at in (self.last_us, order.paid_us) if at is not None]
        return Sums(
            count=self.count + 1,
            spend_fen=self.spend_fen + order.net_fen,
            last_us=max(paid, default=None),
        )


def order_of(told: OrderTold | MarkOrder, instance_key: bytes) -> Order:
    """Return what one telling says of its order."""
    paid_us = micros(told.paid) if told.paid else None
    return Order(
        source=told.source,
        number=told.order,
        revision=told.revision,
        state=told.state,
        total_fen=told.total_fen,
        refunded_fen=told.refunded_fen,
        paid_us=paid_us,
        paid_from=_NEVER if paid_us is None else told.revision,
        store=told.store,
        store_from=told.revision if told.store else _NEVER,
        names=tuple(_name(instance_key, alias) for alias in told.names),
        names_from=told.revision if told.names else _NEVER,
    )


def _name(instance_key: bytes, alias: Alias) -> Name:
    digest = alias_digest(instance_key, alias)
    return Name(digest=digest, kind=alias.kind, rank=STRENGTH.index(alias.kind))


def fold(known: Order | None, told: Order) -> Order:
    """Return an order after one more telling; the same whichever of two revisions came first.

    >>> paid = Order(source="till", number="1", revision=1, state="paid", total_fen=500,
    ...              store="S012", store_from=1)
    >>> back = Order(source="till", number="1", revision=2, state="refunded", total_fen=500)
    >>> fold(paid, back) == fold(back, paid), fold(back, paid).store, fold(back, paid).state
    (True, 'S012', 'refunded')
    """
    if known is None:
        return told
    newest = max(known, told, key=lambda one: one.revision)
    paid = max(known, told, key=lambda one: one.paid_from)
    store = max(known, told, key=lambda one: one.store_from)
    names = max(known, told, key=lambda one: one.names_from)
    return Order(
        source=known.source,
        number=known.number,
        revision=newest.revision,
        state=newest.state,
        total_fen=newest.total_fen,
        refunded_fen=newest.refunded_fen,
        paid_us=paid.paid_us,
        paid_from=paid.paid_from,
        store=store.store,
        store_from=store.store_from,
        names=names.names,
        names_from=names.names_from,
    )
