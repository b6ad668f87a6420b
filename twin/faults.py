"""Faults planted on API endpoints: how a call is spoilt, and for how many calls."""

from dataclasses import dataclass

from twin.shape import BadShape, Json, number, text, whole

BEFORE = ("errcode", "http", "html", "reset_before", "never")
AFTER = ("reset_after", "truncated", "late_answer")
KINDS = ("slow", *BEFORE, *AFTER)
FOR_EVER = -1


@dataclass(slots=True, kw_only=True)
class Fault:
    """One planted fault. `left` counts down; -1 never ends."""

    host: str
    path: str
    kind: str
    left: int
    seconds: float
    code: int

    def told(self) -> Json:
        """Return the fault as JSON."""
        return {
            "host": self.host,
            "path": self.path,
            "kind": self.kind,
            "left": self.left,
            "seconds": self.seconds,
            "code": self.code,
        }


class Faults:
    """The planted faults, first planted first used."""

    def __init__(self) -> None:
        self._planted: list[Fault] = []

    def plant(self, args: Json) -> None:
        """Plant what `args` describe. Raises BadShape.

        `path` may be "*"; `code` is the errcode or the HTTP status; `times` defaults to one call,
        -1 is for ever.
        """
        fault = Fault(
            host=text(args, "host", ""),
            path=text(args, "path", "*"),
            kind=text(args, "kind"),
            left=whole(args, "times", 1),
            seconds=number(args, "seconds", 0.0),
            code=whole(args, "code", -1),
        )
        if fault.kind not in KINDS:
            raise BadShape("kind")
        self._planted.append(fault)

    def clear(self) -> None:
        """Take every fault away."""
        self._planted.clear()

    def told(self) -> list[Json]:
        """Return the faults still planted."""
        return [one.told() for one in self._planted if one.left]

    def take(self, host: str, path: str) -> Fault | None:
        """Return the fault that spoils this call and count it, or None."""
        for fault in self._planted:
            if fault.left and fault.host in ("", host) and fault.path in ("*", path):
                if fault.left != FOR_EVER:
                    fault.left -= 1
                return fault
        return None
