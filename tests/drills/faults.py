"""`faults`: runs drills by name, one after the other, a line for each as it ends."""

import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from tests.drills.registry import Drill, Finding, Options, every

FINE, FAILED, WRONG_NAME = 0, 1, 2


async def drilled(names: Sequence[str], options: Options) -> int:
    """Run the drills named (`E1`, or `E1:45033` for a part of one), or all of them.

    Return 0 when every figure holds, 1 when one does not, 2 for a name that nobody has. What a
    drill that failed left behind is kept, and where it lies is told with the seed.
    """
    drills = every()
    wanted = _wanted(names or list(drills))
    if strange := [name for name in wanted if name not in drills]:
        for name in strange:
            near = get_close_matches(name, drills, cutoff=0)
            _say(f"no drill {name}: {', '.join(near)}")
        return WRONG_NAME
    began = time.monotonic()
    failed = [
        name for name, parts in wanted.items() if not await _one(drills[name], parts, options)
    ]
    took_s = time.monotonic() - began
    _say(f"{len(wanted)} drills, {len(failed)} FAILED, {took_s:.0f} s, seed {options.seed}")
    return FAILED if failed else FINE


def _wanted(names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    wanted: dict[str, tuple[str, ...]] = {}
    for one in names:
        name, _, part = one.partition(":")
        wanted[name] = (*wanted.get(name, ()), *([part] if part else ()))
    return wanted


async def _one(drill: Drill, parts: tuple[str, ...], options: Options) -> bool:
    home = _folder(drill.name)
    began = time.monotonic()
    sys.stderr.write(f"{drill.name} {drill.sentence}\n")
    fine = True

    def tell(name: str, finding: Finding) -> None:
        nonlocal fine
        fine = fine and finding.ok
        _say(f"{drill.name} {name}: {finding.measured}   {'ok' if finding.ok else 'FAILED'}")

    try:
        found = await drill.run(replace(options, parts=parts, tell=tell), home)
    except Exception as fault:  # noqa: BLE001  (one drill's fault must not keep the others from us)
        traceback.print_exc()
        found = Finding(measured=f"broke off: {type(fault).__name__}: {fault}"[:300], ok=False)
    took = f"{time.monotonic() - began:.0f} s"
    verdict = "ok" if found.ok else "FAILED"
    _say(f"{drill.name} {drill.sentence}: {found.measured}   {verdict}   [{took}]")
    fine = fine and found.ok
    if fine:
        shutil.rmtree(home, ignore_errors=True)
    else:
        _say(f"   kept: {home}; again: python -m tests.drills faults {drill.name} --seed"
             f" {options.seed}")  # fmt: skip
    return fine


def _folder(name: str) -> Path:
    made = Path(tempfile.mkdtemp(prefix=f"xiaoer-{name.lower()}-"))
    made.chmod(0o755)
    return made


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
