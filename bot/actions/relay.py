"""Handing callbacks on to an older system that still wants them."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions.action import Class, Policy, Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay(Remote):
    """Hand a verified callback on to the shop's older system, byte for byte as it came.

    `query` stands as it did in the address, `body` is base64. That system must know a repeat, as
    it had to with the platform: after a cut it gets the callback again.
    """

    kind: ClassVar[str] = "relay"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 2
    query: str
    content_type: str
    body: str

    def key(self) -> str:
        return "relay"
