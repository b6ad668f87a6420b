"""What we can owe and say: every kind of effect, words before they have a carrier, receipts.

Each module here holds one sort of them; this is the place to import them from, and where the
program checks before it starts that every kind declares what `bot.actions.action` asks.
"""

from bot.actions.action import Action, Class, Local, Policy, Remote
from bot.actions.kf import (
    Choice,
    InviteKf,
    PullKf,
    ReadKfCustomer,
    SendKf,
    TransKf,
    WelcomeKf,
)
from bot.actions.local import (
    BindStore,
    Claim,
    Gap,
    Invite,
    LeaveSeat,
    MarkGroup,
    MarkReach,
    MarkTalk,
    Redeem,
    Tag,
    TakeSeat,
    Tell,
    Untag,
    Warn,
)
from bot.actions.receipt import Receipt, State
from bot.actions.remote import (
    Attachment,
    Label,
    MakeJoinWay,
    ReadGroup,
    ReadProfile,
    Remark,
    Reply,
    Send,
    WelcomeContact,
)
from bot.actions.speech import Speak, Truth, Verdict
from bot.errors import Undeclared

__all__ = [
    "LOCAL",
    "REMOTE",
    "Action",
    "Attachment",
    "BindStore",
    "Choice",
    "Claim",
    "Class",
    "Gap",
    "Invite",
    "InviteKf",
    "Label",
    "LeaveSeat",
    "Local",
    "MakeJoinWay",
    "MarkGroup",
    "MarkReach",
    "MarkTalk",
    "Output",
    "Policy",
    "PullKf",
    "ReadGroup",
    "ReadKfCustomer",
    "ReadProfile",
    "Receipt",
    "Redeem",
    "Remark",
    "Remote",
    "Reply",
    "Send",
    "SendKf",
    "Speak",
    "State",
    "Tag",
    "TakeSeat",
    "Tell",
    "TransKf",
    "Truth",
    "Untag",
    "Verdict",
    "Warn",
    "WelcomeContact",
    "WelcomeKf",
    "check_declared",
]

LOCAL: tuple[type[Local], ...] = (
    Tag, Untag, Claim, Redeem, Invite, BindStore, TakeSeat, LeaveSeat,
    MarkGroup, MarkReach, MarkTalk, Tell, Warn, Gap,
)  # fmt: skip
REMOTE: tuple[type[Remote], ...] = (
    Reply, Send, WelcomeContact, Remark, Label, ReadProfile, ReadGroup, MakeJoinWay,
    PullKf, SendKf, WelcomeKf, TransKf, InviteKf, ReadKfCustomer,
)  # fmt: skip


def check_declared(kinds: tuple[type[Action], ...] = (*LOCAL, *REMOTE)) -> None:
    """Raise Undeclared when a kind lacks its class, policy, lane or key; start-up calls this."""
    for kind in kinds:
        missing = [n for n in ("klass", "policy", "lane") if not hasattr(kind, n)]
        if not kind.kind:
            missing.append("kind")
        if kind.key is Action.key:
            missing.append("key")
        if missing:
            raise Undeclared(f"{kind.__name__} declares no {', '.join(missing)}")


Output = Action | Speak | Verdict
