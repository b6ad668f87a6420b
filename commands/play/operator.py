"""What the store manager types in the story: commands of this program, as at any terminal."""

import asyncio
import sys
from dataclasses import dataclass

from commands.play.stage import ROOT
from commands.play.theatre import Theatre

_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a command came to: its exit code and what it printed."""

    code: int
    text: str

    def lines(self, *words: str) -> list[str]:
        """Return the lines that hold any of these words."""
        found = (line.strip() for line in self.text.splitlines())
        return [line for line in found if any(word in line for word in words)]


async def typed(play: Theatre, *argv: str) -> Printed:
    """Run a command over the story's home and wait for its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "run.py"), *argv, "--home", str(play.home),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT, cwd=ROOT,
    )  # fmt: skip
    async with asyncio.timeout(_WITHIN_S):
        out, _ = await process.communicate()
    return Printed(code=process.returncode or 0, text=out.decode())
