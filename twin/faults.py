"""Faults planted on API endpoints and on deliveries: what is spoilt, when, and how often."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random

from twin.fault_kinds import CALLS, KINDS, ONCE, SPOILT
from twin.scripts.nodes import hint
from twin.shape import BadShape, Json, flag, number, records, text, whole

FOR_EVER = -1
_COMMON = ("kind", "times", "after", "at", "share", "seconds")
_CALL_FIELDS = (*_COMMON, "host", "path", "code", "cut")
_DELIVERY_FIELDS = (*_COMMON, "account", "event")
_SERVER_ERROR = 500
_STATUSES = range(400, 600)
_HELD_S = 30.0
_ANY = "*"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One planted fault. `left` counts down, -1 never ends; `met` counts what it might spoil.

    `begins` is by the platforms' clock. The same `seed` and `number` spoil the same ones again.
    """

    kind: str
    left: int
    after: int
    begins: float
    share: float
    seconds: float
    seed: int
    number: int
    host: str = ""
    path: str = _ANY
    account: str = _ANY
    event: str = _ANY
    code: int = -1
    cut: bool = False
    met: int = 0

    def told(self) -> Json:
        """Return the fault as JSON."""
        names = _CALL_FIELDS if self.kind in CALLS else _DELIVERY_FIELDS
        told: Json = {
            key: getattr(self, key) for key in (*names, "met") if key not in ("times", "at")
        }
        return {**told, "left": self.left, "begins": round(self.begins, 3)}

    def wants(self, now: float) -> bool:
        """Count one call or delivery that fits, and tell whether the fault is to spoil it."""
        if not self.left or now < self.begins:
            return False
        self.met += 1
        if self.met <= self.after:
            return False
        dice = Random(f"{self.seed}:{self.number}:{self.met}")  # noqa: S311  # reproducible
        return self.share >= 1.0 or dice.random() < self.share

    def spend(self) -> None:
        """Count one that was spoilt."""
        if self.left != FOR_EVER:
            self.left -= 1


class Faults:
    """The planted faults, first planted first used; `now` is the platforms' clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._planted: list[Fault] = []

    def plant(self, args: Json) -> None:
        """Plant one fault, or all of a `script` with its `seed`. Raises BadShape, planting none.

        A fault spoils `times` calls or deliveries (one unless given, -1 is for ever), not the
        first `after` that fit, none before `at` seconds from now by the platforms' clock, and of
        the others a `share`. `path`, `account` and `event` may hold `*`.
        """
        given = records(args, "script") if "script" in args else (args,)
        if "script" in args and (unknown := args.keys() - {"script", "seed"}):
            raise BadShape(_unknown("", min(unknown), ("script", "seed")))
        seed, problems = whole(args, "seed", 1) if "script" in args else 1, []
        planted = []
        for place, one in enumerate(given, 1):
            try:
                planted.append(self._fault(one, seed, place))
            except BadShape as cause:
                problems.append(f"第 {place} 项 {cause.key}" if "script" in args else cause.key)
        if problems:
            raise BadShape("；".join(problems))
        self._planted += planted

    def clear(self) -> None:
        """Take every fault away."""
        self._planted.clear()

    def told(self) -> list[Json]:
        """Return the faults still planted."""
        return [one.told() for one in self._planted if one.left]

    def take(
        self, host: str, path: str, fits: Callable[[str], bool] = lambda kind: True
    ) -> Fault | None:
        """Return the fault that spoils this call, of a kind that `fits` it, and count it."""
        found = (
            one
            for one in self._planted
            if one.kind in CALLS and one.host in ("", host) and fnmatchcase(path, one.path)
        )
        return next(self._spent(one for one in found if fits(one.kind)), None)

    def befall(self, account: str, event: str) -> dict[str, Fault]:
        """Return what befalls a callback before its first delivery, one fault a kind."""
        kinds: dict[str, Fault] = {}
        for kind in ONCE:
            for fault in self._spent(self._about(account, event, (kind,))):
                kinds[kind] = fault
        return kinds

    def spoil(self, account: str, event: str) -> Fault | None:
        """Return the fault that spoils one attempt to deliver a callback, and count it."""
        return next(self._spent(self._about(account, event, SPOILT)), None)

    def _about(self, account: str, event: str, kinds: tuple[str, ...]) -> Iterator[Fault]:
        for one in self._planted:
            there = fnmatchcase(account, one.account) and fnmatchcase(event, one.event)
            if there and one.kind in kinds:
                yield one

    def _spent(self, fitting: Iterable[Fault]) -> Iterator[Fault]:
        """Let every fitting fault count; spend and yield the first that wants to spoil."""
        now = self._now()
        wanting = [one for one in list(fitting) if one.wants(now)]
        for one in wanting[:1]:
            one.spend()
            yield one

    def _fault(self, args: Json, seed: int, place: int) -> Fault:
        kind = text(args, "kind")
        if kind not in KINDS:
            raise BadShape(_unknown("kind ", kind, KINDS))
        known = _CALL_FIELDS if kind in CALLS else _DELIVERY_FIELDS
        if unknown := args.keys() - set(known):
            raise BadShape(_unknown("", min(unknown), known))
        fault = Fault(
            kind=kind,
            left=whole(args, "times", 1),
            after=whole(args, "after", 0),
            begins=self._now() + number(args, "at", 0.0) if "at" in args else 0.0,
            share=number(args, "share", 1.0),
            seconds=number(args, "seconds", _HELD_S if kind == "reordered" else 0.0),
            seed=seed,
            number=place,
            host=text(args, "host", ""),
            path=text(args, "path", _ANY),
            account=text(args, "account", _ANY),
            event=text(args, "event", _ANY),
            code=_code(args, kind),
            cut=flag(args, "cut"),
        )
        return _sound(fault)


def _code(args: Json, kind: str) -> int:
    return whole(args, "code", _SERVER_ERROR if kind == "http" else -1)


def _sound(fault: Fault) -> Fault:
    if fault.kind == "http" and fault.code not in _STATUSES:
        raise BadShape("code（HTTP 状态应为 400 到 599）")
    if fault.left < FOR_EVER or fault.after < 0 or not 0.0 <= fault.share <= 1.0:
        raise BadShape("times、after 或 share")
    if fault.seconds < 0:
        raise BadShape("seconds")
    return fault


def _unknown(what: str, given: str, known: Iterable[str]) -> str:
    return f"{what}{given}，{hint(given, known)}"
