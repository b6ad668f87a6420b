"""What customer service tells: a bell by callback, and what is pulled when it rings.

`kf` is the customer service account (open_kfid), `msg_id` the platform's name of one pulled item.
Source sheet: wecom/kf.md section 4.
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.events.event import Event, Notice, Unrecognised


@dataclass(frozen=True, slots=True, kw_only=True)
class KfRang(Event):
    """There is something to pull from `kf`. The token spares us the strict limit for 10 minutes.

    `run` names the comparison whose pull left more behind; "" for a bell of the platform's.
    """

    kf: str
    token: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KfItem(Event):
    """One pulled item. Pulling the same page again tells it again, under the same `msg_id`."""

    kf: str
    msg_id: str

    def once(self) -> str:
        """Return the item's name at the platform; "" when the platform gave it none."""
        return _name_of(self.kf, self.msg_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class KfSaid(KfItem):
    """A customer typed something, or tapped the line `menu_id` of a menu we sent."""

    text: str
    menu_id: str = ""
    occasion: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class KfEntered(KfItem):
    """A customer opened the conversation, from the link that was made for `scene`.

    `scene_param` is as the platform gives it, still URL-encoded. `welcome_code` is "" when no
    welcome is owed; it dies 20 s after the event.
    """

    scene: str = ""
    scene_param: str = ""
    welcome_code: str = ""
    occasion: ClassVar[str] = "enter"


@dataclass(frozen=True, slots=True, kw_only=True)
class KfSentFailed(KfItem):
    """A message of ours that the platform took did not reach the customer."""

    fail_msgid: str
    fail_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KfServicerSaid(KfItem):
    """A person on duty wrote to the customer; a bot must never answer it."""

    servicer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KfSessionChanged(KfItem):
    """The conversation changed hands: `change` 1 taken, 2 passed on, 3 ended, 4 taken up again.

    `msg_code` allows one message about it; it comes with changes 1 and 3.
    """

    change: str
    old_servicer: str = ""
    new_servicer: str = ""
    msg_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KfNotice(Notice):
    """Any other pulled item of a known kind: a picture, a place, a recall."""

    kf: str
    msg_id: str

    def once(self) -> str:
        """Return the item's name at the platform; "" when the platform gave it none."""
        return _name_of(self.kf, self.msg_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class KfOther(Unrecognised):
    """A pulled item of a kind that the platform invented since."""

    kf: str
    msg_id: str

    def once(self) -> str:
        """Return the item's name at the platform; "" when the platform gave it none."""
        return _name_of(self.kf, self.msg_id)


def _name_of(kf: str, msg_id: str) -> str:
    return f"kf\0{kf}\0{msg_id}" if msg_id else ""
