"""Platform answers sorted once: code → what it means, how to react, what an operator should do."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from pathlib import Path

import yaml

from bot.errors import BadConfig

MIDNIGHT = inf  # a wait until the day ends in China, where the platforms' days do
RETRY_WAITS_S = (0.5, 2.0, 5.0, 15.0)  # for a line that names none
_FIELDS = {"api", "code", "reaction", "meaning", "en", "advice", "waits"}
_IP = re.compile(r"(?:invalid ip|from ip:)\s*([0-9A-Fa-f][0-9A-Fa-f.:]*[0-9A-Fa-f])")
_RID = re.compile(r"\brid:\s*([0-9A-Za-z-]{8,64})\s*$")


class Reaction(StrEnum):
    """What our client does about a platform's answer."""

    DONE = "done"  # the effect stands already
    RETRY = "retry"  # busy: try again after each of `waits`, then give up
    SLOW = "slow"  # too many calls at once: fewer at a time, and try again
    TOKEN = "token"  # noqa: S105  (a reaction)
    QUOTA = "quota"  # over a frequency limit: close this API, longer each time it happens again
    HALT = "halt"  # nothing works until an operator acts: rest the whole account and tell them
    FINAL = "final"  # refused for good
    UNKNOWN = "unknown"  # nobody can say whether the effect took place


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """One line of an error table; `waits` are seconds, or MIDNIGHT."""

    code: int
    reaction: Reaction
    meaning: str
    en: str = ""
    advice: str = ""
    waits: tuple[float, ...] = ()

    def told(self, errmsg: str = "") -> str:
        """Return meaning and advice, with the address the platform saw us call from.

        >>> line = Sorted(code=60020, reaction=Reaction.HALT, meaning="不可信", advice="加上 {ip}")
        >>> line.told("not allow to access, from ip: 203.0.113.7, more info")
        '不可信：加上 203.0.113.7'
        """
        text = "：".join(filter(None, (self.meaning, self.advice)))
        return text.replace("{ip}", seen_ip(errmsg) or "本机出口 IP")


def seen_ip(errmsg: str) -> str:
    """Return the address the platform saw us call from, "" when it does not say.

    >>> seen_ip("invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 5f28")
    '203.0.113.7'
    """
    found = _IP.search(errmsg)
    return found[1] if found else ""


def rid_of(errmsg: str) -> str:
    """Return by which number the platform itself knows a refusal, "" where it gives none.

    Official Accounts have one; it explains the refusal for seven days (oa/api.md section 10).

    >>> rid_of("invalid openid rid: 5f283869-46321ea1-07d7260c")
    '5f283869-46321ea1-07d7260c'
    """
    found = _RID.search(errmsg)
    return found[1] if found else ""


class ErrorTable:
    """The error table of one platform; a code not in it is final, and says so."""

    def __init__(self, lines: Mapping[tuple[str, int], Sorted]) -> None:
        self._lines = dict(lines)

    def sort(self, api: str, code: int) -> Sorted:
        """Return how to react to `code` from `api`; a line for that API outranks the general."""
        found = self._lines.get((api, code)) or self._lines.get(("", code))
        return found or Sorted(
            code=code,
            reaction=Reaction.FINAL,
            meaning=f"未收录的错误码 {code}",
            en="not in our table",
            advice="请查平台文档，并把它补进 errors.yaml",
        )

    def knows(self, api: str, code: int) -> bool:
        """Tell whether a code means something to us, 0 included."""
        return code == 0 or (api, code) in self._lines or ("", code) in self._lines

    def over(self, base: "ErrorTable") -> "ErrorTable":
        """Return this table with the lines of `base` for what it does not have itself."""
        return ErrorTable(base._lines | self._lines)

    @property
    def lines(self) -> Mapping[tuple[str, int], Sorted]:
        """Return every line by API, "" for any, and code."""
        return self._lines


def read_errors(path: Path) -> ErrorTable:
    """Read an `errors.yaml`. Raises BadConfig with every mistake in it."""
    found: dict[tuple[str, int], Sorted] = {}
    problems = []
    for line in _listed(path):
        wrong = [*_mistakes(line)]
        problems += [f"{path.parent.name} {line.get('code')}: {each}" for each in wrong]
        for one in [] if wrong else _expanded(line):
            key = (str(line.get("api", "")), one.code)
            if key in found:
                problems.append(f"{path.parent.name} {one.code}: listed twice")
            found[key] = one
    if problems:
        raise BadConfig("\n".join(problems))
    return ErrorTable(found)


def _listed(path: Path) -> Iterable[Mapping[str, object]]:
    raw = yaml.safe_load(path.read_text("utf-8"))
    return [*raw["errors"], *raw.get("apis", ())]


def _mistakes(line: Mapping[str, object]) -> Iterator[str]:
    if unknown := line.keys() - _FIELDS:
        yield f"unknown fields {sorted(unknown)}"
    if line.get("reaction") not in {*Reaction}:
        yield f"unknown reaction {line.get('reaction')}"
    if missing := [name for name in ("meaning", "en", "advice") if not line.get(name)]:
        yield f"without {', '.join(missing)}"


def _expanded(line: Mapping[str, object]) -> Iterator[Sorted]:
    """Yield a line for each code of a range such as 65301..65319."""
    first, _, last = str(line["code"]).partition("..")
    waits = line.get("waits", ())
    one = Sorted(
        code=int(first),
        reaction=Reaction(str(line["reaction"])),
        meaning=str(line["meaning"]),
        en=str(line["en"]),
        advice=str(line["advice"]),
        waits=tuple(map(_wait, waits)) if isinstance(waits, list) else (),
    )
    for code in range(one.code, int(last or first) + 1):
        yield replace(one, code=code)


def _wait(written: object) -> float:
    return MIDNIGHT if written == "midnight" else float(str(written))
