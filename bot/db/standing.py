"""Who is at work and what is paused, read for the status page; no value of any secret."""

from dataclasses import dataclass

from bot.db.tx import Row, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A process that carries effects out; alive while `until_us` is after `Standing.now_us`.

    It goes by the rules with the hash `ruleset` since `ruleset_us`, "" while it has none.
    """

    id: str
    host: str
    pid: int
    role: str
    started_us: int
    until_us: int
    ruleset: str = ""
    ruleset_us: int = 0
    rule_problems: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """An account's access token, without its value: which one it is, and until when it is good."""

    account: str
    generation: int
    fetched_us: int
    expires_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pausing:
    """What an operator has paused, by its name, such as `all-sending`."""

    name: str
    reason: str
    by: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How an account was last compared with its platform, one part of it."""

    account: str
    part: str
    state: str
    began_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who is at work, with what, and what is paused. `now_us` is the database's clock."""

    now_us: int
    hands: tuple[Hand, ...]
    passes: tuple[Pass, ...]
    pausings: tuple[Pausing, ...]
    compared: tuple[Compared, ...]

    @property
    def agree(self) -> bool:
        """Whether all that are alive, and have rules, go by the same."""
        alive = (hand for hand in self.hands if hand.until_us > self.now_us)
        return len({hand.ruleset for hand in alive if hand.ruleset}) <= 1


async def standing(tx: Tx) -> Standing:
    """Return who is at work and what is paused. Reads only."""
    hands = await tx.all(
        "SELECT id, host, pid, role, started_us, until_us, ruleset, ruleset_us, rule_problems"
        " FROM worker ORDER BY started_us, id"
    )
    passes = await tx.all(
        "SELECT account, generation, fetched_us, expires_us FROM token ORDER BY account"
    )
    return Standing(
        now_us=await tx.clock_us(),
        hands=tuple(map(_hand, hands)),
        passes=tuple(map(_pass, passes)),
        pausings=await _pausings(tx),
        compared=await _compared(tx),
    )


def _hand(row: Row) -> Hand:
    return Hand(
        id=row["id"],
        host=row["host"],
        pid=row["pid"],
        role=row["role"],
        started_us=row["started_us"],
        until_us=row["until_us"],
        ruleset=row["ruleset"],
        ruleset_us=row["ruleset_us"],
        rule_problems=row["rule_problems"],
    )


def _pass(row: Row) -> Pass:
    return Pass(
        account=row["account"],
        generation=row["generation"],
        fetched_us=row["fetched_us"],
        expires_us=row["expires_us"],
    )


async def _pausings(tx: Tx) -> tuple[Pausing, ...]:
    rows = await tx.all("SELECT name, reason, by, at_us FROM pause ORDER BY name")
    return tuple(
        Pausing(name=row["name"], reason=row["reason"], by=row["by"], at_us=row["at_us"])
        for row in rows
    )


async def _compared(tx: Tx) -> tuple[Compared, ...]:
    rows = await tx.all(
        "SELECT c.account, c.part, c.state, c.began_us FROM comparison c"
        " JOIN (SELECT account, part, max(id) AS id FROM comparison GROUP BY account, part) AS last"
        " ON last.id = c.id ORDER BY c.account, c.part"
    )
    return tuple(
        Compared(
            account=row["account"], part=row["part"], state=row["state"], began_us=row["began_us"]
        )
        for row in rows
    )
