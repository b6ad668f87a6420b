"""What we learn of who somebody is."""

from dataclasses import dataclass

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRead(Event):
    """A platform told us who `who` is: the unionid and the name, when it has them to give.

    `staff` and `remark` come from the question: a remark waiting for the name it should hold.
    """

    unionid: str = ""
    name: str = ""
    staff: str = ""
    remark: str = ""
