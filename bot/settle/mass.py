"""Settles mass messages: what is asked for, promised to receivers, and what became of it."""

from bot.actions import MarkMassPart, NoteMassResults, OpenMass, PromiseMass, StopMass
from bot.db import masses
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def open_mass(tx: Tx, action: OpenMass, decision: Decision) -> None:
    """Enter a mass message in our books."""
    await masses.enter(
        tx, action, account=decision.account, inbox=decision.inbox, at_us=decision.now_us
    )


async def promise_mass(tx: Tx, action: PromiseMass, decision: Decision) -> None:
    """Count it against what each receiver may get."""
    await masses.promise(tx, action, account=decision.account, at_us=decision.now_us)


async def mark_mass_part(tx: Tx, action: MarkMassPart, decision: Decision) -> None:
    """Record the platform's task of a part."""
    await masses.mark_part(tx, action, decision.now_us)


async def note_mass_results(tx: Tx, action: NoteMassResults, decision: Decision) -> None:
    """Record what became of receivers."""
    await masses.note_results(tx, action, decision.now_us)


async def stop_mass(tx: Tx, action: StopMass, decision: Decision) -> None:
    """Close a mass message."""
    await masses.stop(tx, action.mass, decision.now_us)
