"""What Xiaoer needs of a platform, each with a harmless call that shows whether it is allowed.

Most only read. The few that would write are made so that the platform must refuse them: it looks
at the right first, so any other refusal says that the right is there.
"""

from dataclasses import dataclass, field

from commands.doctor import pages

NOBODY = "xiaoer-doctor-nobody"  # neither a follower nor an employee


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One thing Xiaoer does. `off` is what does not work without it, `page` where it is allowed.

    `reads`: the call succeeds when it is allowed; otherwise it is refused either way.
    """

    id: str
    path: str
    off: str
    page: str
    method: str = "POST"
    body: object | None = None
    query: dict[str, str] = field(default_factory=dict)
    reads: bool = True
    fine: frozenset[int] = frozenset()  # refusals of a read that show the right is there


_OA = pages.OA_RIGHTS
OA: tuple[Capability, ...] = (
    Capability(
        id="followers", path="/cgi-bin/user/get", method="GET", page=_OA,
        off="读不到粉丝资料和 unionid，公众号与企业微信的会员对不上号",
    ),
    Capability(
        id="fan_tags", path="/cgi-bin/tags/get", method="GET", page=_OA,
        off="标签写不到公众号后台（店小二自己的标签不受影响）",
    ),
    Capability(
        id="messages", path="/cgi-bin/message/custom/send", reads=False, page=_OA,
        body={"touser": NOBODY, "msgtype": "text", "text": {"content": "."}},
        off="客服消息发不出：来不及在 5 秒内答的、第二条、进群礼都发不出",
    ),
    Capability(
        id="entry_codes", path="/cgi-bin/qrcode/create", reads=False, page=_OA,
        body={"action_name": "", "action_info": {}}, off="做不了公众号活码（codes make）",
    ),
    Capability(
        id="menu", path="/cgi-bin/menu/get", method="GET", fine=frozenset({46003}), page=_OA,
        off="推不了自定义菜单（menu push）",
    ),
    Capability(
        id="quota", path="/cgi-bin/openapi/quota/get", page=_OA,
        body={"cgi_path": "/cgi-bin/message/custom/send"}, off="看不到接口额度还剩多少",
    ),
)  # fmt: skip
_CONTACT = "/cgi-bin/externalcontact"


def wecom(agentid: int) -> tuple[Capability, ...]:
    """Return what is needed of a WeCom app besides customer service."""
    contacts = pages.CONTACT_APPS
    return (
        Capability(
            id="app", path="/cgi-bin/agent/get", method="GET", query={"agentid": str(agentid)},
            off="读不到应用自己：agentid 与 secret 可能不是同一个应用的", page=pages.APP,
        ),
        Capability(
            id="staff_messages", path="/cgi-bin/message/send", reads=False, page=pages.SCOPE,
            body={
                "touser": NOBODY, "msgtype": "text", "agentid": agentid, "text": {"content": "."},
            },
            off="给员工的提醒和待确认卡片发不出",
        ),
        Capability(
            id="contacts", path=f"{_CONTACT}/get_follow_user_list", method="GET", page=contacts,
            off="加好友的欢迎语、备注、客户资料和导购活码都不能用",
        ),
        Capability(
            id="labels", path=f"{_CONTACT}/get_corp_tag_list", body={}, page=contacts,
            off="标签写不到企业微信（店小二自己的标签不受影响）",
        ),
        Capability(
            id="groups", path=f"{_CONTACT}/groupchat/list", body={"limit": 1}, page=contacts,
            fine=frozenset({81017}),
            off="读不了客户群：进群二维码、进群礼和满群提醒都不能用",
        ),
    )  # fmt: skip


KF = Capability(
    id="kf", path="/cgi-bin/kf/account/list", body={"offset": 0, "limit": 100}, page=pages.KF_APPS,
    off="微信客服不能用：收不到也答不了",
)  # fmt: skip
