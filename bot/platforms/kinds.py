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

    `acted` maps a kind to the events the planner gets of it; `recorded` are only kept.
    """

    subject: str
    source: str
    acted: Mapping[str, str]
    recorded: Sequence[str]


class Kinds:
    """The kinds one platform is known to send."""

    def __init__(self, platform: str, groups: Sequence[Group]) -> None:
        self.platform = platform
        self.groups = tuple(groups)
        self._acted = frozenset(kind for group in groups for kind in group.acted)
        self._names = self._acted.union(*(group.recorded for group in groups))

    def canonical(self, kind: str) -> str:
        """Return the one name of a known kind, however it is spelled; "" for one we do not know.

        >>> oa = Kinds("oa", [Group(subject="", source="", acted={}, recorded=["event.view"])])
        >>> oa.canonical("event.VIEW"), oa.canonical("event.teleported")
        ('oa.event.view', '')
        """
        name = _spelled(kind)
        return f"{self.platform}.{name}" if self._knows(name) else ""

    def acts_on(self, kind: str) -> bool:
        """Return whether the planner would get an event of its own for this kind."""
        return _spelled(kind) in self._acted

    def __iter__(self) -> Iterator[str]:
        """Yield every known kind, `event.x.*` for a family open to any change."""
        return iter(sorted(self._names))

    def _knows(self, name: str) -> bool:
        if name in self._names or name + _ANY in self._names:
            return True
        family, _, change = name.rpartition(".")
        return family + _ANY in self._names and bool(_CHANGE.fullmatch(change))


@cache
def read_kinds(platform: str) -> Kinds:
    """Read the packaged `kinds.yaml` of a platform. Raises ValueError where a kind stands twice."""
    path = Path(__file__).with_name(platform) / "kinds.yaml"
    groups = [_group(raw) for raw in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    named = [kind for group in groups for kind in (*group.acted, *group.recorded)]
    twice = sorted({kind for kind in named if named.count(kind) > 1})
    if twice:
        raise ValueError(f"{path}: {', '.join(twice)}")
    return Kinds(platform, groups)


def _group(raw: Mapping[str, object]) -> Group:
    acted, recorded = raw.get("acted", {}), raw.get("recorded", [])
    if not isinstance(acted, Mapping) or not isinstance(recorded, list):
        raise ValueError(f"kinds of {raw.get('subject')}")
    return Group(
        subject=str(raw["subject"]),
        source=str(raw["source"]),
        acted={str(kind): str(event) for kind, event in acted.items()},
        recorded=[str(kind) for kind in recorded],
    )


def _spelled(kind: str) -> str:
    # The platform itself writes both "complaint callback" and complaint_callback.
    return kind.lower().replace(" ", "_")
