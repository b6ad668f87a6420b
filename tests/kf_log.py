"""Customer service as the platform keeps it: a log that a bell announces and pages bring."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.facts import Content
from bot.platforms.wire import Answer
from config.nouns import Welcome
from tests import kf_items
from tests.callbacks import kf_rang
from tests.kf_desk import SYNC
from tests.kf_items import ADA, KF
from tests.little_shop import shop_content
from tests.platform import Asked, fine
from tests.rooms import Installed

SEND, WELCOME = "kf/send_msg", "kf/send_msg_on_event"
TRANS, CARD = "kf/service_state/trans", "kf/customer/upgrade_service"
ENTER = Welcome(id="enter", occasion="enter", text="{store_name}的客服在", tags=("客服来的",))


def desk_content() -> Content:
    """The little shop with words for whoever opens customer service."""
    content = shop_content()
    return replace(content, welcomes=(*content.welcomes, ENTER))


@dataclass(slots=True, kw_only=True)
class KfLog:
    """What Ada and the people on duty do in customer service, and what she sees of us."""

    shop: Installed
    page: int = 100
    items: list[dict[str, object]] = field(default_factory=list)
    bells: int = 0

    def __post_init__(self) -> None:
        self.shop.platform.answers |= {SYNC: self._page, "kf/customer/batchget": self._customers}

    async def types(self, *texts: str, age_s: int = 0) -> Sequence[str]:
        """Let Ada type, in one breath and so long ago; return what she is then sent."""
        for text in texts:
            self.put(kf_items.said(self._name(), text), age_s=age_s)
        return await self.rings()

    async def opens(self, scene: str = "", code: str = "", *, age_s: int = 0) -> Sequence[str]:
        """Let Ada open the conversation; return what she is then sent, welcomes besides."""
        self.put(kf_items.entered(self._name(), scene=scene, welcome_code=code), age_s=age_s)
        return await self.rings()

    async def changes(self, change: int) -> Sequence[str]:
        """Let the conversation change hands; return what she is then sent."""
        self.put(kf_items.system(self._name(), "session_status_change", change_type=change))
        return await self.rings()

    async def person_types(self, text: str) -> Sequence[str]:
        """Let a person on duty write to Ada; return what she is then sent by us."""
        self.put(kf_items.said(self._name(), text, origin=5, servicer_userid="xiaowang"))
        return await self.rings()

    def put(self, item: dict[str, object], *, age_s: int = 0) -> None:
        """Note in the log what happened so long ago; no bell rings."""
        self.items.append(item | {"send_time": int(self.shop.hand()) - age_s})

    def bell(self) -> str:
        """Return a bell that did not ring before."""
        self.bells += 1
        return kf_rang(KF, f"ENC{self.bells}", at_s=int(self.shop.hand()))

    async def rings(self) -> Sequence[str]:
        """Ring, let everything follow, and return the messages Ada got meanwhile."""
        before = len(self.sent())
        await self.shop.deliver(self.bell())
        await self.shop.settle_down()
        return self.sent()[before:]

    def sent(self) -> Sequence[str]:
        """Return every message sent to Ada."""
        return [one.body["text"]["content"] for one in self.shop.platform.to(SEND)]

    def said_and_done(self) -> Sequence[str]:
        """Return in their order the calls that Ada notices; a change of hands with its state."""
        asked = self.shop.platform.asked
        return [
            f"{one.api} {one.body['service_state']}" if one.api == TRANS else one.api
            for one in asked
            if one.api in (SEND, WELCOME, TRANS, CARD)
        ]

    def _name(self) -> str:
        return f"m{len(self.items)}"

    def _page(self, asked: Asked) -> Answer:
        begin = int(asked.body.get("cursor", "0"))
        end = min(begin + self.page, len(self.items))
        more = int(end < len(self.items))
        return fine(msg_list=self.items[begin:end], next_cursor=str(end), has_more=more)

    def _customers(self, _asked: Asked) -> Answer:
        known = self.shop.platform.world.unionids
        ada: dict[str, Any] = {"external_userid": ADA, "unionid": known.get(ADA, "")}
        return fine(customer_list=[ada])
