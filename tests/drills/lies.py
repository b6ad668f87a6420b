"""A proxy between bot and platforms lies; the auditor must catch it, each time."""

import asyncio
import re
import sys
from pathlib import Path

from commands.play.liar import MODES
from commands.play.stage import ROOT
from tests.drills.registry import Finding, Options, drill

_CAUGHT = 1
_LAST = re.compile(r"^book: .*", re.M)


@drill(
    "lies", "the whole story with a proxy that drops, doubles or invents: the auditor must see it"
)
async def caught(options: Options, home: Path) -> Finding:
    """Play the story once for each lie; its exit status says whether the auditor noticed."""
    missed = 0
    for lie in MODES:
        if options.wants(lie):
            found = await _played(lie)
            options.tell(lie, found)
            missed += not found.ok
    return Finding(measured=f"{missed} not caught (0)", ok=not missed)


async def _played(lie: str) -> Finding:
    story = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "demo", "--once", "--kills", "0", "--sabotage", lie, cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await story.communicate()
    last = _LAST.findall(said.decode("utf-8", "replace"))
    told = last[-1] if last else "no verdict"
    return Finding(measured=f"exit {story.returncode} (1), {told}", ok=story.returncode == _CAUGHT)
