"""Asks the platforms for one entry code after the other, at a modest pace, and keeps each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from commands.codes.index import Index
from commands.codes.pictures import NoPicture, Outcome
from commands.codes.rows import Code

PACE_S = 0.2  # five codes a second; an account may make 100,000 a day (oa/api.md section 3)
SAME_TROUBLE = 3  # as often in a row, it is not about one code
Ask = Callable[[Code], Awaitable[Outcome]]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The codes of one account, how one of them is asked for, and how stores are called."""

    account: str
    codes: Sequence[Code]
    ask: Ask
    stores: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Made:
    """What became of the codes: file by key, trouble by key, and how many were not tried."""

    files: dict[str, str] = field(default_factory=dict)
    failed: dict[str, NoPicture] = field(default_factory=dict)
    left: int = 0


async def make(work: Work, index: Index, tell: Tell, *, pace_s: float = PACE_S) -> Made:
    """Make the picture of each code in turn; stop when the same trouble comes three times running.

    What `index` has already is not asked again. Raises OSError when a picture cannot be kept.
    """
    made, done = Made(), index.done()
    codes = [code for code in work.codes if code.key not in done]
    troubles: list[str] = []
    for number, code in enumerate(codes, start=1):
        outcome = await work.ask(code)
        if isinstance(outcome, NoPicture):
            made.failed[code.key] = outcome
            troubles.append(outcome.meaning)
            tell(f"{number}/{len(codes)} {code.key} 没做成：{shown(outcome)}")
        else:
            store = work.stores.get(code.row["store"], "")
            made.files[code.key] = index.add(code, outcome, account=work.account, store=store)
            troubles.clear()
            tell(f"{number}/{len(codes)} {made.files[code.key]}")
        if len(troubles) >= SAME_TROUBLE and len(set(troubles[-SAME_TROUBLE:])) == 1:
            made.left = len(codes) - number
            break
        await asyncio.sleep(pace_s)
    return made


def shown(trouble: NoPicture) -> str:
    """Return a trouble as an operator reads it, with the platform's code."""
    return trouble.meaning + (f"（错误码 {trouble.code}）" if trouble.code is not None else "")
