"""What befalls a callback on its way: by the knobs' shares, and by planted faults."""

import random
from dataclasses import dataclass, replace

from twin.faults import Fault
from twin.seal import Post
from twin.settings import Settings
from twin.stage import Happening, Stage

_SIGNATURES = ("signature", "msg_signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """How a callback is sent: when, held back how long for later ones, and repeated how late.

    `again_s` are seconds after it was settled, one for each repetition. `names` are the planted
    faults among it.
    """

    delay_s: float = 0.0
    held_s: float = 0.0
    again_s: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    is_lost: bool = False


def mishap(stage: Stage, happening: Happening, dice: random.Random) -> Mishap:
    """Throw the dice for a callback, and take the planted faults that befall it."""
    settings = stage.settings
    planted = stage.faults.befall(happening.account.id, happening.kind)
    if dice.random() < settings.lost_share or "lost" in planted:
        return Mishap(is_lost=True, names=tuple(planted))
    spread = _spread(settings, dice)
    held_s = planted["reordered"].seconds if "reordered" in planted else 0.0
    again_s = (*spread.again_s, *(planted[one].seconds for one in ("duplicate",) if one in planted))
    late_s = planted["delayed"].seconds if "delayed" in planted else 0.0
    return Mishap(
        delay_s=happening.delay_s + spread.delay_s + late_s,
        held_s=held_s,
        again_s=again_s,
        names=tuple(planted),
    )


def _spread(settings: Settings, dice: random.Random) -> Mishap:
    held = dice.random() < settings.reorder_share
    delay_s = dice.uniform(0, settings.spread_s) * held
    again = dice.random() < settings.redeliver_share
    return Mishap(delay_s=delay_s, again_s=(dice.uniform(0, settings.spread_s),) if again else ())


def spoilt(post: Post, fault: Fault) -> Post:
    """Return the post as a fault leaves it: signed wrongly, or half of its body."""
    if fault.kind == "truncated_body":
        return replace(post, body=post.body[: len(post.body) // 2])
    wrong = {name: _other(post.query[name]) for name in _SIGNATURES if name in post.query}
    return replace(post, query=post.query | wrong)


def _other(signature: str) -> str:
    return signature[:-1] + ("0" if signature[-1] != "0" else "1")
