"""Play a script on a running twin, step by step, until the first one that fails."""

import asyncio
from dataclasses import dataclass

from twin.acts import NotPossible
from twin.scripts.expecting import Disappointment, judge
from twin.scripts.player import Player
from twin.scripts.script import Script, Step
from twin.sender import Sender
from twin.shape import BadShape, Json

_MARGIN_S = 60.0  # beyond a step's own limit, for what it waits for by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The step that failed: where it stands, what was expected, and what there was instead."""

    place: str
    step: str
    expected: str
    instead: str

    def line(self) -> str:
        """Return the failure for people, on several lines."""
        return f"{self.place}: {self.step}\n  应当：{self.expected}\n  实际：{self.instead}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a script went: the steps that were taken, and the failure that ended it."""

    script: str
    steps: int
    failure: Failure | None = None

    def told(self) -> Json:
        """Return it as JSON."""
        wrong = self.failure
        failed: Json | None = None
        if wrong:
            failed = {"place": wrong.place, "step": wrong.step}
            failed |= {"expected": wrong.expected, "instead": wrong.instead, "line": wrong.line()}
        return {"script": self.script, "steps": self.steps, "ok": not wrong, "failure": failed}


async def play(sender: Sender, script: Script) -> Played:
    """Play a script; the dice begin anew with the world's seed. Never raises for what fails."""
    player = Player(sender=sender)
    sender.reseed(sender.stage.world.seed)
    for number, step in enumerate(script.steps):
        failure = await _taken(player, step)
        sender.stage.book.write(
            "step", sender.stage.now(), script=script.name, place=step.place, step=step.source,
            ok=failure is None,
        )  # fmt: skip
        if failure:
            return Played(script=script.name, steps=number, failure=failure)
    return Played(script=script.name, steps=len(script.steps))


async def _taken(player: Player, step: Step) -> Failure | None:
    try:
        async with asyncio.timeout(step.within_s + _MARGIN_S):
            await _take(player, step)
    except Disappointment as cause:
        return _failed(step, cause.expected, cause.instead)
    except NotPossible as cause:
        return None if _is_refusal(step, str(cause)) else _failed(step, _wish(step), str(cause))
    except BadShape as cause:
        return _failed(step, _wish(step), f"参数不对或缺少：{cause.key}")
    except TimeoutError:
        return _failed(step, f"在 {step.within_s + _MARGIN_S:g} 秒里做完", "还没有做完")
    return _failed(step, _wish(step), "却做到了") if step.refused else None


async def _take(player: Player, step: Step) -> None:
    if step.verb == "expect":
        await judge(player, step)
    else:
        await player.take(step)


def _is_refusal(step: Step, words: str) -> bool:
    return bool(step.refused) and step.refused in words


def _wish(step: Step) -> str:
    return f"被拒绝，说「{step.refused}」" if step.refused else "做得到"


def _failed(step: Step, expected: str, instead: str) -> Failure:
    return Failure(place=step.place, step=step.source, expected=expected, instead=instead)
