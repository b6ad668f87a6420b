"""What Xiaoer needs of a platform, each with a harmless call that shows whether it is allowed.

Most only read. The few that would write are made so that the platform must refuse them: it looks
at the right first, so any other refusal says that the right is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order
from bot.platforms.kf.api.accounts import ListKfAccounts
from bot.platforms.oa.api.codes import MakeScanCode
from bot.platforms.oa.api.followers import ListFollowers
from bot.platforms.oa.api.menu import NO_MENU, ReadMenus
from bot.platforms.oa.api.messages import SayText
from bot.platforms.oa.api.quota import ReadQuota
from bot.platforms.oa.api.tags import ListFollowerLabels
from bot.platforms.wecom.api.app import ReadApp, Receivers, SendAppMessage
from bot.platforms.wecom.api.contacts import ListStaff
from bot.platforms.wecom.api.corp_tags import ListCorpTags
from bot.platforms.wecom.api.groups import ListGroups
from bot.platforms.wecom.api.messages import AppText
from commands.doctor import pages

NOBODY = "xiaoer-doctor-nobody"  # neither a follower nor an employee


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One thing Xiaoer does. `off` is what does not work without it, `page` where it is allowed.

    `reads`: the call succeeds when it is allowed; otherwise it is refused either way.
    """

    id: str
    call: Call[Any]
    off: str
    page: str
    reads: bool = True
    fine: frozenset[int] = frozenset()  # refusals of a read that show the right is there

    @property
    def path(self) -> str:
        """Return the address that is called."""
        return self.call.api


@dataclass(frozen=True, slots=True, kw_only=True)
class _NoCode(Order):
    """A code of no kind, which the platform must refuse."""

    api: ClassVar[str] = MakeScanCode.api
    klass: ClassVar[Class] = Class.B

    def body(self) -> Mapping[str, Any]:
        return {"action_name": "", "action_info": {}}


_OA = pages.OA_RIGHTS
OA: tuple[Capability, ...] = (
    Capability(
        id="followers", call=ListFollowers(), page=_OA,
        off="读不到粉丝资料和 unionid，公众号与企业微信的会员对不上号",
    ),
    Capability(
        id="fan_tags", call=ListFollowerLabels(), page=_OA,
        off="标签写不到公众号后台（店小二自己的标签不受影响）",
    ),
    Capability(
        id="messages", call=SayText(openid=NOBODY, text="."), reads=False, page=_OA,
        off="客服消息发不出：来不及在 5 秒内答的、第二条、进群礼都发不出",
    ),
    Capability(
        id="entry_codes", call=_NoCode(), reads=False, page=_OA,
        off="做不了公众号活码（codes make）",
    ),
    Capability(
        id="menu", call=ReadMenus(), fine=frozenset({NO_MENU}), page=_OA,
        off="推不了自定义菜单（menu push）",
    ),
    Capability(
        id="quota", call=ReadQuota(path=SayText.api), page=_OA, off="看不到接口额度还剩多少",
    ),
)  # fmt: skip


def wecom(agentid: int) -> tuple[Capability, ...]:
    """Return what is needed of a WeCom app besides customer service."""
    contacts = pages.CONTACT_APPS
    nobody = Receivers(staff=(NOBODY,))
    return (
        Capability(
            id="app", call=ReadApp(agentid=agentid), page=pages.APP,
            off="读不到应用自己：agentid 与 secret 可能不是同一个应用的",
        ),
        Capability(
            id="staff_messages", reads=False, page=pages.SCOPE,
            call=SendAppMessage(to=nobody, message=AppText(text="."), agentid=agentid),
            off="给员工的提醒和待确认卡片发不出",
        ),
        Capability(
            id="contacts", call=ListStaff(), page=contacts,
            off="加好友的欢迎语、备注、客户资料和导购活码都不能用",
        ),
        Capability(
            id="labels", call=ListCorpTags(), page=contacts,
            off="标签写不到企业微信（店小二自己的标签不受影响）",
        ),
        Capability(
            id="groups", call=ListGroups(limit=1), page=contacts, fine=frozenset({81017}),
            off="读不了客户群：进群二维码、进群礼和满群提醒都不能用",
        ),
    )  # fmt: skip


KF = Capability(
    id="kf", call=ListKfAccounts(), page=pages.KF_APPS,
    off="微信客服不能用：收不到也答不了",
)  # fmt: skip
