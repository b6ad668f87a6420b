"""A world as values: the accounts, stores, staff, posters, customers and groups that exist."""

from dataclasses import dataclass, field
from typing import TypeAlias

from twin.oa.console import AutoReply, ConsoleButton
from twin.scripts.script import Script
from twin.troubles import Plant

JSON_MODE = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class OaAccount:
    """An Official Account and the keys of its callback. `path` is where its callbacks go.

    `auto_reply` and `console_menu` work for people until a callback is bound. `assets` are the
    media_ids of articles, article_ids and card_ids that its console made; `kf_accounts` its
    agents; `mini_programs` the AppIDs linked with it, nobody named for any.
    """

    id: str
    appid: str
    gh: str
    token: str
    aes_key: str
    secret: str
    mode: str = "safe"
    path: str = ""
    auto_reply: AutoReply = field(default_factory=AutoReply)
    console_menu: tuple[ConsoleButton, ...] = ()
    assets: tuple[str, ...] = ()
    kf_accounts: tuple[str, ...] = ()
    mini_programs: tuple[str, ...] = ()
    is_test_account: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WecomAccount:
    """A self-built app of a corp with customer contact. A world has at most one.

    Its callbacks come in XML or, with `mode` json, in JSON. `visible` are the employees in its
    scope, nobody named for all of them.
    """

    id: str
    corpid: str
    agentid: int
    token: str
    aes_key: str
    secret: str
    path: str = ""
    mode: str = "xml"
    name: str = "小二"
    home_url: str = ""
    redirect_domain: str = ""
    visible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalGroup:
    """A group of employees in which an aibot can be mentioned; `members` are userids."""

    chat_id: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AibotAccount:
    """An aibot (智能机器人) in webhook mode; employees mention it by `name`. It has no secret."""

    id: str
    aibotid: str
    name: str
    token: str
    aes_key: str
    path: str = ""
    internal_groups: tuple[InternalGroup, ...] = ()


Account: TypeAlias = OaAccount | WecomAccount | AibotAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFeed:
    """The chat archive of the corp, pushed decrypted and signed with `secret` to `path`."""

    id: str
    source: str
    secret: str
    path: str = "/api/archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSource:
    """A system of the shop's own that tells orders, signed with `secret`, to `path`."""

    id: str
    secret: str
    path: str = "/api/orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """A till that takes coupons in by calls to `path` with its bearer `key`."""

    id: str
    key: str
    store: str = ""
    path: str = "/api/redeem"


@dataclass(frozen=True, slots=True, kw_only=True)
class KfAccount:
    """A 微信客服 account; its bell rings at the WeCom account. Links with `scenes` are printed.

    With a `console_welcome` no welcome code is given out.
    """

    open_kfid: str
    name: str
    servicers: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    console_welcome: str = ""
    parties: tuple[int, ...] = ()  # departments whose people serve


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A shop, for people who read the world; no platform knows stores."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """An employee. With a `console_welcome` no WelcomeCode is given out for their contacts.

    Without `customer_contact` they are outside the usage scope of 客户联系.
    """

    userid: str
    name: str
    store: str = ""
    console_welcome: str = ""
    customer_contact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A printed parametric QR code of an Official Account."""

    id: str
    account: str
    scene: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTemplate:
    """A template of an Official Account's notices; `keys` are its typed fields (thing1, time2).

    `kind`: message (模板消息), subscription (订阅通知) or once (一次性订阅, no keys).
    """

    id: str
    account: str
    title: str
    keys: tuple[str, ...] = ()
    kind: str = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCode:
    """A printed «contact me» QR code; the first of `staff` is who gets the customer."""

    id: str
    state: str
    staff: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPlan:
    """A customer group that exists from the start, with `members` customers besides the owner."""

    chat_id: str
    name: str
    owner: str
    members: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that exists before anybody acts, and what its scripts let people do.

    `seed` decides every throw of dice, so that a script plays the same each time.
    `upgrade_chats` and `upgrade_staff` are what an administrator allowed kf cards to lead to.
    """

    id: str
    name: str
    unionids: bool = True
    oa: tuple[OaAccount, ...] = ()
    wecom: tuple[WecomAccount, ...] = ()
    kf: tuple[KfAccount, ...] = ()
    aibot: tuple[AibotAccount, ...] = ()
    archive: tuple[ArchiveFeed, ...] = ()
    sources: tuple[ShopSource, ...] = ()
    tills: tuple[Till, ...] = ()
    upgrade_chats: tuple[str, ...] = ()
    upgrade_staff: tuple[str, ...] = ()
    stores: tuple[Store, ...] = ()
    staff: tuple[Staff, ...] = ()
    posters: tuple[Poster, ...] = ()
    templates: tuple[NoticeTemplate, ...] = ()
    entry_codes: tuple[EntryCode, ...] = ()
    customers: tuple[str, ...] = ()
    groups: tuple[GroupPlan, ...] = ()
    plants: tuple[Plant, ...] = ()
    seed: int = 1
    scripts: tuple[Script, ...] = ()

    def accounts(self) -> tuple[Account, ...]:
        """Return every account that gets callbacks."""
        return (*self.oa, *self.wecom, *self.aibot)

    def in_scope(self, userid: str) -> bool:
        """Tell whether the WeCom app may see this employee."""
        return any(not app.visible or userid in app.visible for app in self.wecom)

    def account(self, wanted: str) -> Account | None:
        """Return the account with this id."""
        return next((one for one in self.accounts() if one.id == wanted), None)

    def kf_account(self, open_kfid: str) -> KfAccount | None:
        """Return the kf account with this open_kfid."""
        return next((one for one in self.kf if one.open_kfid == open_kfid), None)

    def feed(self, wanted: str = "") -> ArchiveFeed | None:
        """Return the archive feed of this id or source, "" for the only one; None without one."""
        found = (one for one in self.archive if wanted in ("", "archive", one.id, one.source))
        return next(found, None)

    def internal_group(self, chat_id: str) -> tuple[AibotAccount, InternalGroup] | None:
        """Return an internal group and the aibot in it."""
        return next(
            (
                (bot, group)
                for bot in self.aibot
                for group in bot.internal_groups
                if group.chat_id == chat_id
            ),
            None,
        )

    def employee(self, wanted: str) -> Staff | None:
        """Return the employee with this userid or name."""
        return next((one for one in self.staff if wanted in (one.userid, one.name)), None)
