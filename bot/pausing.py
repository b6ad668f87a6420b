"""What operators have stopped, as decisions see it: rules, campaigns, pools and personas by id."""

from collections.abc import Iterable
from dataclasses import dataclass

ALL_SENDING = "all-sending"
KINDS = {"rule": "规则", "campaign": "活动", "pool": "群池", "persona": "人设"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The ids that are stopped, kind by kind."""

    rules: frozenset[str] = frozenset()
    campaigns: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    personas: frozenset[str] = frozenset()


NOTHING_PAUSED = Paused()


def paused_of(names: Iterable[str]) -> Paused:
    """Return what the names of pauses stop, such as `campaign:newcomer`; others are passed over.

    >>> paused_of(["all-sending", "rule:pets", "rule:a:b"]).rules == {"pets", "a:b"}
    True
    """
    ids: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for name in names:
        kind, _, which = name.partition(":")
        if kind in ids:
            ids[kind].add(which)
    return Paused(
        rules=frozenset(ids["rule"]),
        campaigns=frozenset(ids["campaign"]),
        pools=frozenset(ids["pool"]),
        personas=frozenset(ids["persona"]),
    )


def well_formed(name: str) -> bool:
    """Tell whether a name is that of a pause, though what it stops may be gone from the files."""
    kind, _, which = name.partition(":")
    return name == ALL_SENDING or (kind in KINDS and bool(which))


def word_of(name: str) -> str:
    """Return what a pause stops, as operators read it.

    >>> word_of("all-sending"), word_of("campaign:newcomer")
    ('全部发送', '活动 newcomer')
    """
    kind, _, which = name.partition(":")
    return f"{KINDS[kind]} {which}" if kind in KINDS else "全部发送"
