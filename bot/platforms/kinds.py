"""Which kinds of callbacks a platform's manual names, and what becomes of each: data, read once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_CHANGE = re.compile(r"[a-z0-9_]{1,64}")
_ANY = ".*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Kinds of one subject; `source` is the sheet's section, "" where no sheet has them.

    `acted` maps a kind to the events the planner gets of it. The others are only kept:
    `of_customer` under the customer who sent or did them, `recorded` under nobody.
    """

    subject: str
    source: str
    acted: Mapping[str, str]
    recorded: Sequence[str] = ()
    of_customer: Sequence[str] = ()


class Kinds:
    """The kinds one platform is known to send."""

    def __init__(self, platform: str, groups: Sequence[Group]) -> None:
        self.platform = platform
        self.groups = tuple(groups)
        self._acted = frozenset(kind for group in groups for kind in group.acted)
        self._customers = frozenset(kind for group in groups for kind in group.of_customer)
        self._names = self._acted.union(self._customers, *(group.recorded for group in groups))

    def canonical(self, kind: str) -> str:
        """Return the one name of a known kind, however it is spelled; "" for one we do not know.

        >>> oa = Kinds("oa", [Group(subject="", source="", acted={}, recorded=["event.view"])])
        >>> oa.canonical("event.VIEW"), oa.canonical("event.teleported")
        ('oa.event.view', '')
        """
        name = _spelled(kind)
        return f"{self.platform}.{name}" if _in(self._names, name) else ""

    def acts_on(self, kind: str) -> bool:
        """Return whether the planner would get an event of its own for this kind."""
        return _spelled(kind) in self._acted

    def of_customer(self, kind: str) -> bool:
        """Return whether a customer sends or does this, so that it is theirs even when only kept.

        What we act on counts: it may lack something, and is kept like the rest then.
        """
        return _in(self._customers, _spelled(kind)) or self.acts_on(kind)

    def __iter__(self) -> Iterator[str]:
        """Yield every known kind, `event.x.*` for a family open to any change."""
        return iter(sorted(self._names))


@cache
def read_kinds(platform: str) -> Kinds:
    """Read the packaged `kinds.yaml` of a platform. Raises ValueError where a kind stands twice."""
    path = Path(__file__).with_name(platform) / "kinds.yaml"
    groups = [_group(raw) for raw in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    named = [kind for one in groups for kind in (*one.acted, *one.of_customer, *one.recorded)]
    twice = sorted({kind for kind in named if named.count(kind) > 1})
    if twice:
        raise ValueError(f"{path}: {', '.join(twice)}")
    return Kinds(platform, groups)


def _group(raw: Mapping[str, object]) -> Group:
    acted = raw.get("acted", {})
    if not isinstance(acted, Mapping):
        raise ValueError(f"kinds of {raw.get('subject')}")
    return Group(
        subject=str(raw["subject"]),
        source=str(raw["source"]),
        acted={str(kind): str(event) for kind, event in acted.items()},
        recorded=_listed(raw, "recorded"),
        of_customer=_listed(raw, "of_customer"),
    )


def _listed(raw: Mapping[str, object], name: str) -> Sequence[str]:
    kinds = raw.get(name, [])
    if not isinstance(kinds, list):
        raise ValueError(f"{name} of {raw.get('subject')}")
    return [str(kind) for kind in kinds]


def _in(names: frozenset[str], name: str) -> bool:
    if name in names or name + _ANY in names:
        return True
    family, _, change = name.rpartition(".")
    return family + _ANY in names and bool(_CHANGE.fullmatch(change))


def _spelled(kind: str) -> str:
    # The platform itself writes both "complaint callback" and complaint_callback.
    return kind.lower().replace(" ", "_")
