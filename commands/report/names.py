"""Shows the ids of a shop by the names people know them by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from bot.events import Event
from commands.parts.compose import Home
from commands.report.words import ASIDE, CHANNELS, HAPPENED, STAGES
from config.nouns import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one home. An id that nobody named is shown as it is."""

    content: Content
    channels: Mapping[str, str]  # account → channel

    def account(self, account: str) -> str:
        """Return an account after its channel; a till by its store."""
        kind, _, store = account.partition(":")
        if kind == "till":
            return f"收银 {self.store(store)}"
        if kind == "source":
            return f"来源 {store}"
        if account == "orders":
            return "订单"
        return f"{CHANNELS.get(self.channels.get(account, ''), '账号')} {account}"

    def store(self, store: str) -> str:
        """Return a store as `name（id）`."""
        found = self.content.stores.get(store)
        return f"{found.name}（{store}）" if found else store or "未知门店"

    def staff(self, userid: str) -> str:
        """Return a member of staff as `name（userid）`."""
        found = self.content.staff.get(userid)
        return f"{found.name}（{userid}）" if found else userid

    def campaign(self, campaign: str) -> str:
        """Return a campaign's name."""
        found = self.content.campaigns.get(campaign)
        return found.name if found else campaign

    def group(self, chat: str) -> str:
        """Return a customer group as 「name」."""
        groups = (group for pool in self.content.pools.values() for group in pool.groups)
        found = next((group.name for group in groups if group.chat == chat), "")
        return f"「{found}」" if found else chat

    def entry_code(self, key: str) -> str:
        """Return an entry code as `key（poster）`."""
        found = self.content.entry_codes.get(key)
        return f"{key}（{found.poster}）" if found and found.poster else key

    def field(self, name: str, value: object) -> str:
        """Return a field of an event or an action in the words of the shop."""
        show = self._shows().get(name, str)
        return show(str(value)) if value else ""

    def _shows(self) -> Mapping[str, Callable[[str], str]]:
        return {
            "store": self.store,
            "staff": self.staff,
            "campaign": self.campaign,
            "chat": self.group,
            "scene": self.entry_code,
            "state": self.entry_code,
            "stage": lambda stage: STAGES.get(stage, stage),
            "total_fen": _yuan,
            "refunded_fen": _yuan,
        }

    def happened(self, event: Event) -> str:
        """Return what happened as a Chinese clause without its subject."""
        shown = {f.name: self._slot(f.name, getattr(event, f.name)) for f in fields(event)}
        kind = type(event).__name__
        return HAPPENED.get(kind, f"收到 {kind}").format_map(shown)

    def _slot(self, name: str, value: object) -> str:
        return ASIDE.get(name, "{}").format(self.field(name, value)) if value else ""


def _yuan(fen: str) -> str:
    return f"{int(fen) // 100}.{int(fen) % 100:02} 元"


def names_of(home: Home) -> Names:
    """Return the names of a home."""
    channels = {account.id: account.kind for account in home.settings.accounts}
    return Names(content=home.content, channels=channels)
