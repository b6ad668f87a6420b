"""What we can owe and say: every kind of effect, words before they have a carrier, receipts.

Each module here holds one sort of them; this is the place to import them from, and where the
program checks before it starts that every kind declares what `bot.actions.action` asks.
"""

from bot.actions.action import Action, Class, Local, Policy, Remote
from bot.actions.follower import Reply, Send, ShowTyping, with_menu
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
    CallOff,
    Claim,
    Gap,
    Invite,
    LeaveSeat,
    MarkGroup,
    MarkReach,
    MarkTalk,
    MarkTold,
    Redeem,
    Tag,
    TakeSeat,
    Tell,
    Untag,
    Warn,
)
from bot.actions.mass import (
    CancelMass,
    MakeMass,
    MarkMassPart,
    NoteMassResults,
    OpenMass,
    PromiseMass,
    ReadMass,
    RemindMass,
    StopMass,
)
from bot.actions.notice import (
    CallOffReminder,
    MarkNotice,
    SendOnce,
    SendSubscription,
    SendTemplate,
    Withhold,
)
from bot.actions.person import MakeLinkToken, MarkOrder, MoveStage, UndoMerge
from bot.actions.receipt import Receipt, State
from bot.actions.reconcile import (
    AskContact,
    AskContacts,
    AskFollowers,
    AskGroup,
    AskGroups,
    AskProfiles,
    AskStaff,
    MarkCompared,
    MarkGap,
    MarkListed,
)
from bot.actions.relay import Relay
from bot.actions.remote import (
    Attachment,
    Label,
    MakeJoinWay,
    ReadGroup,
    ReadProfile,
    Remark,
    WelcomeContact,
)
from bot.actions.speech import Speak, Truth, Verdict
from bot.actions.staff import (
    AnswerBot,
    Button,
    MakeGroupLink,
    MakeGroupWelcome,
    MarkProposal,
    Propose,
    SendApp,
    SendCard,
    UpdateCard,
)
from bot.actions.till import OpenCoupon, UndoRedeem
from bot.errors import Undeclared

__all__ = [
    "LOCAL",
    "REMOTE",
    "Action",
    "AnswerBot",
    "AskContact",
    "AskContacts",
    "AskFollowers",
    "AskGroup",
    "AskGroups",
    "AskProfiles",
    "AskStaff",
    "Attachment",
    "BindStore",
    "Button",
    "CallOff",
    "CallOffReminder",
    "CancelMass",
    "Choice",
    "Claim",
    "Class",
    "Gap",
    "Invite",
    "InviteKf",
    "Label",
    "LeaveSeat",
    "Local",
    "MakeGroupLink",
    "MakeGroupWelcome",
    "MakeJoinWay",
    "MakeLinkToken",
    "MakeMass",
    "MarkCompared",
    "MarkGap",
    "MarkGroup",
    "MarkListed",
    "MarkMassPart",
    "MarkNotice",
    "MarkOrder",
    "MarkProposal",
    "MarkReach",
    "MarkTalk",
    "MarkTold",
    "MoveStage",
    "NoteMassResults",
    "OpenCoupon",
    "OpenMass",
    "Output",
    "Policy",
    "PromiseMass",
    "Propose",
    "PullKf",
    "ReadGroup",
    "ReadKfCustomer",
    "ReadMass",
    "ReadProfile",
    "Receipt",
    "Redeem",
    "Relay",
    "Remark",
    "RemindMass",
    "Remote",
    "Reply",
    "Send",
    "SendApp",
    "SendCard",
    "SendKf",
    "SendOnce",
    "SendSubscription",
    "SendTemplate",
    "ShowTyping",
    "Speak",
    "State",
    "StopMass",
    "Tag",
    "TakeSeat",
    "Tell",
    "TransKf",
    "Truth",
    "UndoMerge",
    "UndoRedeem",
    "Untag",
    "UpdateCard",
    "Verdict",
    "Warn",
    "WelcomeContact",
    "WelcomeKf",
    "Withhold",
    "check_declared",
    "with_menu",
]

LOCAL: tuple[type[Local], ...] = (
    Tag, Untag, Claim, Redeem, OpenCoupon, UndoRedeem, Invite, BindStore, TakeSeat, LeaveSeat,
    MarkGroup, MarkReach, MarkTalk, MarkTold, MarkOrder, MoveStage, CallOff,
    MakeLinkToken, UndoMerge, Tell, Warn, Gap,
    OpenMass, PromiseMass, MarkMassPart, NoteMassResults, StopMass,
    Propose, MarkProposal, Withhold, MarkNotice, CallOffReminder,
    MarkCompared, MarkListed, MarkGap,
)  # fmt: skip
REMOTE: tuple[type[Remote], ...] = (
    Reply, Send, ShowTyping, WelcomeContact, Remark, Label, ReadProfile, ReadGroup, MakeJoinWay,
    PullKf, SendKf, WelcomeKf, TransKf, InviteKf, ReadKfCustomer,
    AnswerBot, SendApp, SendCard, UpdateCard, MakeGroupLink, MakeGroupWelcome, Relay,
    MakeMass, ReadMass, RemindMass, CancelMass,
    SendTemplate, SendSubscription, SendOnce,
    AskStaff, AskContacts, AskContact, AskGroups, AskGroup, AskFollowers, AskProfiles,
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
