"""The call limits a platform publishes, as it publishes them, and what we keep to of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from bot.errors import BadConfig
from bot.shared.meter import Limit, Per

SHARE_PERCENT = 80  # other programs and people spend from the same limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of each API of a platform: those of any API, and those of its own.

    `at_once`: how many calls may be under way, of the APIs for which the platform has said so.
    """

    of_any: tuple[Limit, ...] = ()
    of_api: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    at_once: Mapping[str, int] = field(default_factory=dict)

    def of(self, api: str) -> tuple[Limit, ...]:
        """Return every limit that holds for an API; of two over one span the API's own."""
        own = self.of_api.get(api, ())
        spans = {one.per for one in own}
        return (*own, *(one for one in self.of_any if one.per not in spans))

    def share(self, percent: int) -> "Limits":
        """Return these limits cut to a share, at least one call each; not how many at once."""
        return replace(
            self,
            of_any=_cut(self.of_any, percent),
            of_api={api: _cut(limits, percent) for api, limits in self.of_api.items()},
        )

    def instead(self, api: str, limit: Limit) -> "Limits":
        """Return these limits with another one for an API, "*" for any, over its span."""
        if api == "*":
            return replace(self, of_any=_with(self.of_any, limit))
        return replace(self, of_api={**self.of_api, api: _with(self.of_api.get(api, ()), limit)})


def read_limits(path: Path) -> Limits:
    """Read a `limits.yaml`. Raises BadConfig: the file is ours."""
    raw = yaml.safe_load(path.read_text("utf-8"))
    try:
        listed = [(str(line["api"]), tuple(map(_limit, line["limits"]))) for line in raw["apis"]]
        of_any = tuple(map(_limit, raw["any"]))
        at_once = {str(line["api"]): int(line["calls"]) for line in raw["at_once"]}
    except (KeyError, TypeError, ValueError) as mistake:
        raise BadConfig(f"{path.parent.name}/{path.name}: {mistake}") from mistake
    if len({api for api, _ in listed}) < len(listed):
        raise BadConfig(f"{path.parent.name}/{path.name}: an API is listed twice")
    return Limits(of_any=of_any, of_api=dict(listed), at_once=at_once)


def _limit(line: Mapping[str, object]) -> Limit:
    return Limit(calls=int(str(line["calls"])), per=Per(str(line["per"])))


def _cut(limits: Iterable[Limit], percent: int) -> tuple[Limit, ...]:
    return tuple(replace(one, calls=max(1, one.calls * percent // 100)) for one in limits)


def _with(limits: Iterable[Limit], limit: Limit) -> tuple[Limit, ...]:
    return (*(one for one in limits if one.per != limit.per), limit)
