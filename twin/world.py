"""A world as values: the accounts, stores, staff, posters, customers and groups that exist."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class OaAccount:
    """An Official Account and the keys of its callback. `path` is where its callbacks go."""

    id: str
    appid: str
    gh: str
    token: str
    aes_key: str
    secret: str
    mode: str = "safe"
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WecomAccount:
    """A self-built app of a corp with customer contact. A world has at most one."""

    id: str
    corpid: str
    agentid: int
    token: str
    aes_key: str
    secret: str
    path: str = ""


Account: TypeAlias = OaAccount | WecomAccount


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A shop, for people who read the world; no platform knows stores."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """An employee. With a `console_welcome` no WelcomeCode is given out for their contacts."""

    userid: str
    name: str
    store: str = ""
    console_welcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A printed parametric QR code of an Official Account."""

    id: str
    account: str
    scene: str


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
    """Everything that exists before anybody acts.

    `upgrade_chats` and `upgrade_staff` are what an administrator allowed kf cards to lead to.
    """

    id: str
    name: str
    unionids: bool = True
    oa: tuple[OaAccount, ...] = ()
    wecom: tuple[WecomAccount, ...] = ()
    kf: tuple[KfAccount, ...] = ()
    upgrade_chats: tuple[str, ...] = ()
    upgrade_staff: tuple[str, ...] = ()
    stores: tuple[Store, ...] = ()
    staff: tuple[Staff, ...] = ()
    posters: tuple[Poster, ...] = ()
    entry_codes: tuple[EntryCode, ...] = ()
    customers: tuple[str, ...] = ()
    groups: tuple[GroupPlan, ...] = ()

    def accounts(self) -> tuple[Account, ...]:
        """Return every account of both platforms."""
        return (*self.oa, *self.wecom)

    def account(self, wanted: str) -> Account | None:
        """Return the account with this id."""
        return next((one for one in self.accounts() if one.id == wanted), None)

    def kf_account(self, open_kfid: str) -> KfAccount | None:
        """Return the kf account with this open_kfid."""
        return next((one for one in self.kf if one.open_kfid == open_kfid), None)

    def employee(self, wanted: str) -> Staff | None:
        """Return the employee with this userid or name."""
        return next((one for one in self.staff if wanted in (one.userid, one.name)), None)
