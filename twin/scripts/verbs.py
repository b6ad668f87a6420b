"""The words of a script: what may stand behind and beside each, and every act's arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Kind(Enum):
    """What stands behind a word."""

    NAME = auto()  # a name of the world, or one of a few fixed words
    TEXT = auto()
    PATTERN = auto()  # a regular expression
    SPAN = auto()  # 5s, or one of a few fixed words
    RECORD = auto()  # key: value, or one of a few fixed words
    LIST = auto()
    COUNT = auto()  # a whole number, or a text such as ">=2"
    FLAG = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word. `names` are the kinds of names its value may be, `fixed` the words besides.

    `options` may stand beside a verb; inside a `closed` record nothing but them.
    """

    kind: Kind
    names: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    options: Mapping[str, "Word"] = field(default_factory=dict)
    closed: bool = False
    who: bool = True  # whether a step with it must say who acts


_TEXT, _FLAG, _COUNT = Word(kind=Kind.TEXT), Word(kind=Kind.FLAG), Word(kind=Kind.COUNT)
_SPAN, _PATTERN = Word(kind=Kind.SPAN), Word(kind=Kind.PATTERN)
_LIST, _RECORD = Word(kind=Kind.LIST), Word(kind=Kind.RECORD)
CHANNELS = ("oa", "kf", "contact", "welcome", "group", "app", "aibot", "notice")
_STAFF = Word(kind=Kind.NAME, names=("staff",))
_GROUP = Word(kind=Kind.NAME, names=("groups",))
_CHANNEL = Word(kind=Kind.NAME, fixed=CHANNELS)
_GROUPS = Word(kind=Kind.LIST, names=("groups",))
_TO = Word(
    kind=Kind.NAME,
    names=("oa", "kf", "staff", "groups", "rooms", "bots", "customers"),
    fixed=("oa", "kf", "app", "bot"),
)

CONTACT: Mapping[str, Word] = {
    "who": Word(kind=Kind.NAME, names=("customers",)),
    "labels": _LIST,
    "no_labels": _LIST,
    "tags": _LIST,
    "no_tags": _LIST,
    "groups": _GROUPS,
    "no_groups": _GROUPS,
    "staff": Word(kind=Kind.LIST, names=("staff",)),
    "remark": _TEXT,
}
EXPECT: Mapping[str, Word] = {
    "sees": _TEXT,
    "matches": _PATTERN,
    "attachment": _TEXT,
    "link": _TEXT,
    "from": _TEXT,
    "on": _CHANNEL,
    "times": _COUNT,
    "within": _SPAN,
    "nothing": _SPAN,
    "page": _TEXT,
    "answer": _TEXT,
    "book": _RECORD,
    "contact": Word(kind=Kind.RECORD, options=CONTACT, closed=True),
}
JUDGED = (
    *("sees", "matches", "attachment", "link", "from", "on", "times"),
    *("nothing", "page", "answer", "book", "contact"),
)
IMPERSONAL = ("answer", "book", "contact")  # expectations that are nobody's
VERBS: Mapping[str, Word] = {
    "scan": Word(kind=Kind.NAME, names=("posters", "codes", "scenes", "groups")),
    "add": Word(kind=Kind.NAME, names=("staff", "codes"), options={"half": _FLAG}),
    "type": Word(kind=Kind.TEXT, options={"to": _TO}),
    "tap": Word(kind=Kind.TEXT, options={"on": Word(kind=Kind.NAME, fixed=("oa", "kf", "app"))}),
    "join": Word(kind=Kind.NAME, names=("groups",), fixed=("invited",), options={"by": _STAFF}),
    "leave": Word(kind=Kind.NAME, names=("groups",), fixed=("all",)),
    "open": _TEXT,
    "pay": Word(
        kind=Kind.RECORD, options={"to": Word(kind=Kind.NAME, names=("sources",))}, who=False
    ),
    "redeem": Word(kind=Kind.PATTERN, options={"at": Word(kind=Kind.NAME, names=("tills",))}),
    "confirm": Word(
        kind=Kind.NAME,
        names=("customers",),
        fixed=("mass", "welcome"),
        options={"in": _GROUP, "only": Word(kind=Kind.LIST, names=("customers",))},
    ),
    "wait": Word(kind=Kind.SPAN, fixed=("idle",), who=False),
    "clock": Word(kind=Kind.SPAN, fixed=("stop", "run"), who=False),
    "fault": Word(kind=Kind.RECORD, fixed=("clear",), who=False),
    "settings": Word(kind=Kind.RECORD, who=False),
    "expect": Word(kind=Kind.RECORD, options=EXPECT, closed=True, who=False),
}
COMMON: Mapping[str, Word] = {
    "who": Word(kind=Kind.NAME, names=("customers", "staff")),
    "within": _SPAN,
    "refused": _TEXT,
}

# Every act of the control listener, and the arguments it takes besides `who`.
ACT_FIELDS: Mapping[str, str] = {
    "scan_oa": "poster ticket",
    "follow": "account",
    "unfollow": "account",
    "type": "text account",
    "menu": "key name account",
    "oa_send": "msgtype body account",
    "tap_reply": "id content account",
    "consent": "accept reject scene account",
    "withdraw_consent": "template account",
    "consent_once": "template scene reserved redirect_url account",
    "refuse_notices": "again account",
    "add_contact": "code staff state half",
    "confirm_contact": "staff",
    "edit_contact": "staff remark",
    "delete_staff": "staff",
    "staff_deletes": "staff",
    "write_staff": "staff text",
    "buy_quota": "count days",
    "drop_link": "link unavailable",
    "join_group": "config_id qr chat_id invited_by",
    "join_many": "chat_id count batch",
    "leave_group": "chat_id",
    "create_group": "name owner chat_id",
    "dismiss_group": "chat_id",
    "say_in_group": "chat_id text",
    "pick_group_welcome": "chat_id template_id",
    "confirm_mass": "task only chats",
    "tap_button": "key text task_id selected",
    "app_type": "text",
    "mention_bot": "chat_id text",
    "ask_bot": "text bot",
    "enter_bot": "bot",
    "enter_kf": "kf scene scene_param url",
    "kf_type": "text kf",
    "kf_send": "msgtype body kf",
    "kf_tap": "id content kf",
    "kf_recall": "kf",
    "tap_card": "kf",
    "kf_take": "staff kf",
    "kf_say": "staff text kf",
    "kf_transfer": "staff to kf",
    "kf_end": "staff kf",
    "open_link": "url link staff customer_channel",
    "replay_last": "account",
    "tamper": "account how",
    "raw": "account xml",
}
# Those that nobody needs to be named for.
NOBODY = ("join_many", "create_group", "dismiss_group", "buy_quota", "drop_link", "replay_last",
          "tamper", "raw")  # fmt: skip
