"""Our calls about customer groups, welcomes and mass messages, and what their sheets name."""

from bot.platforms.wecom.api.groups import ListGroups, NameChat, ReadChat
from bot.platforms.wecom.api.join_ways import (
    AddJoinWay,
    DeleteJoinWay,
    JoinWay,
    ReadJoinWay,
    UpdateJoinWay,
)
from bot.platforms.wecom.api.mass import (
    AddMassTask,
    CancelTask,
    ListMassResults,
    ListMassSenders,
    ListMassTasks,
    NudgeSenders,
)
from bot.platforms.wecom.api.material import (
    Document,
    LinkCard,
    Material,
    MiniProgram,
    Picture,
    Video,
    attached,
)
from bot.platforms.wecom.api.welcomes import (
    AddGroupWelcome,
    DeleteGroupWelcome,
    EditGroupWelcome,
    GroupWelcome,
    ReadGroupWelcome,
    SendWelcome,
)
from tests.conformance.sent import Sent, because

_APP, _STAFF, _CHAT = 1000002, "xiaowang", "wrG"
_PAGE = {"limit": 100, "cursor": ""}
_MATERIAL: tuple[Material, ...] = (
    Picture(media="M", url="https://p"),
    LinkCard(title="t", url="https://a", picture="https://p", description="d"),
    MiniProgram(title="t", cover="M", appid="wx1", page="a"),
    Video(media="M"),
    Document(media="M"),
)
_ATTACHED = tuple(attached(_MATERIAL[:-1]))
_WELCOMES = tuple(GroupWelcome(text="欢迎", material=one) for one in _MATERIAL)
_JOIN = JoinWay(
    chats=(_CHAT,), config="c", state="s", remark="r", more=True, base_name="宠物群", base_number=2
)
_JOIN_REQUIRED = {"scene": 2, "chat_id_list": [""]}
_JOIN_UNSENT = because("for apps of another sort only, and true by itself", "mark_source")

GROUP = (
    Sent(
        calls=(ListGroups(owners=(_STAFF,), cursor="c"),),
        required={"limit": 1},
        manual={"status_filter": 0, "owner_filter": {"userid_list": [""]}, "cursor": ""},
    ),
    Sent(calls=(ReadChat(chat=_CHAT),), required={"chat_id": ""}, manual={"need_name": 0}),
    Sent(calls=(NameChat(opengid="g"),), required={"opengid": ""}),
    Sent(calls=(AddJoinWay(way=_JOIN),), required=_JOIN_REQUIRED, unsent=_JOIN_UNSENT),
    Sent(calls=(ReadJoinWay(config="c"),), required={"config_id": ""}),
    Sent(
        calls=(UpdateJoinWay(way=_JOIN),),
        required={"config_id": "", **_JOIN_REQUIRED},
        unsent=_JOIN_UNSENT,
    ),
    Sent(calls=(DeleteJoinWay(config="c"),), required={"config_id": ""}),
)
WELCOMES = (
    Sent(
        calls=(SendWelcome(code="c", text="欢迎", attachments=_MATERIAL),),
        required={"welcome_code": "", "attachments": [{"msgtype": ""}]},
    ),
    Sent(
        calls=tuple(AddGroupWelcome(welcome=one, agentid=_APP) for one in _WELCOMES),
        manual={"notify": 1},
    ),
    Sent(
        calls=tuple(EditGroupWelcome(template="t", welcome=one, agentid=_APP) for one in _WELCOMES),
        required={"template_id": ""},
    ),
    Sent(calls=(ReadGroupWelcome(template="t"),), required={"template_id": ""}),
    Sent(
        calls=(DeleteGroupWelcome(template="t", agentid=_APP),),
        required={"template_id": ""},
    ),
)
MASS = (
    Sent(
        calls=(
            AddMassTask(staff=_STAFF, customers=("wm1",), text="上新", attachments=_ATTACHED),
            AddMassTask(staff=_STAFF, groups=(_CHAT,), text="上新"),
        ),
        required={"chat_type": "", "sender": ""},
        unsent=because(
            "receivers are told one by one, and no employee may change them",
            "tag_filter",
            "allow_select",
        ),
    ),
    Sent(
        calls=(ListMassTasks(begin=1, end=2, creator=_STAFF, cursor="c"),),
        required={"chat_type": "", "start_time": 1, "end_time": 1},
        manual={"creator": "", "filter_type": 0, **_PAGE},
    ),
    Sent(calls=(ListMassSenders(msgid="m", cursor="c"),), required={"msgid": ""}, manual=_PAGE),
    Sent(
        calls=(ListMassResults(msgid="m", staff=_STAFF, cursor="c"),),
        required={"msgid": "", "userid": ""},
        manual=_PAGE,
    ),
    Sent(calls=(NudgeSenders(msgid="m"),), required={"msgid": ""}),
    Sent(calls=(CancelTask(msgid="m"),), required={"msgid": ""}),
)
GROUPS = (*GROUP, *WELCOMES, *MASS)
