"""Asks the platforms for one entry code after the other, at a modest pace, and keeps each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.platforms.checks import Unfit
from commands.codes.index import Index
from commands.codes.pictures import Outcome
from commands.codes.rows import Code
from commands.parts.patience import Trouble

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
    failed: dict[str, Trouble] = field(default_factory=dict)
    left: int = 0


async def make(work: Work, index: Index, tell: Tell, *, pace_s: float = PACE_S) -> Made:
    """Make the picture of each code in turn; stop when the same trouble comes three times running.

    What `index` has already is not asked again. Raises OSError when a picture cannot be kept.
    """
    made, done = Made(), index.done()
    codes = [code for code in work.codes if code.key not in done]
    troubles: list[str] = []
    for number, code in enumerate(codes, start=1):
        outcome = await _asked(work, code)
        if isinstance(outcome, Trouble):
            made.failed[code.key] = outcome
            troubles.append(str(outcome.code or outcome.meaning))
            tell(f"{number}/{len(codes)} {code.key} 没做成：{outcome.text}")
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


async def _asked(work: Work, code: Code) -> Outcome:
    try:
        return await work.ask(code)
    except Unfit as wrong:
        return Trouble(meaning=str(wrong))
