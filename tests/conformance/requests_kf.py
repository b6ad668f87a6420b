"""Our calls to customer service 微信客服, each as full as it goes, and its sheet's body."""

from bot.platforms.kf.api.accounts import (
    AddKfAccount,
    AddKfWay,
    AddServicers,
    DeleteKfAccount,
    DeleteServicers,
    ListKfAccounts,
    ListServicers,
    UpdateKfAccount,
)
from bot.platforms.kf.api.customers import (
    CancelUpgrade,
    OfferUpgrade,
    ReadUpgradeRange,
    ReadVisitors,
)
from bot.platforms.kf.api.messages import (
    Body,
    Click,
    KfAcquisition,
    KfLink,
    KfMedia,
    KfMenu,
    KfMiniProgram,
    KfPlace,
    KfText,
    Plain,
    Program,
    View,
)
from bot.platforms.kf.api.sends import SayOnEvent, SendKfMessage
from bot.platforms.kf.api.sessions import HUMAN, MoveSession, PullMessages, ReadSession
from tests.conformance.sent import Sent, because

_KF, _WHO = "wkKF", "wmWHO"
_PAIR = {"open_kfid": "", "external_userid": ""}
_SERVING = {"userid_list": [""], "department_id_list": [1]}
_MENU = KfMenu(
    head="选一项",
    lines=(
        Click(id="1", text="人工"),
        View(url="https://shop.example/", text="商城"),
        Program(appid="wx1", page="a", text="小程序"),
        Plain(text="或直接提问"),
    ),
    tail="随时转人工",
)
_SAID: tuple[Body, ...] = (
    KfText(text="好"),
    *(KfMedia(kind=kind, media="M") for kind in ("image", "voice", "video", "file")),
    KfLink(title="t", url="https://a", picture="P", description="d"),
    KfMiniProgram(appid="wx1", page="a", picture="P", title="t"),
    KfPlace(latitude=30.3, longitude=120.1, name="良渚店", address="良渚"),
    KfAcquisition(url="https://work.weixin.qq.com/ca/1"),
    _MENU,
)

KF = (
    Sent(calls=(ListKfAccounts(),), manual={"offset": 0, "limit": 100}),
    Sent(calls=(AddKfAccount(name="店小二", picture="P"),), required={"name": "", "media_id": ""}),
    Sent(
        calls=(UpdateKfAccount(kf=_KF, name="店小二", picture="P"),),
        required={"open_kfid": ""},
        manual={"name": "", "media_id": ""},
    ),
    Sent(calls=(DeleteKfAccount(kf=_KF),), required={"open_kfid": ""}),
    Sent(
        calls=(AddKfWay(kf=_KF, scene="door"),),
        required={"open_kfid": ""},
        manual={"scene": ""},
    ),
    Sent(calls=(ListServicers(kf=_KF),), required={"open_kfid": ""}),
    Sent(
        calls=(AddServicers(kf=_KF, staff=("xiaowang",), parties=(2,)),),
        required={"open_kfid": ""},
        manual=_SERVING,
    ),
    Sent(
        calls=(DeleteServicers(kf=_KF, staff=("xiaowang",), parties=(2,)),),
        required={"open_kfid": ""},
        manual=_SERVING,
    ),
    Sent(
        calls=(ReadVisitors(members=(_WHO,), with_scene=True),),
        required={"external_userid_list": [""]},
        manual={"need_enter_session_context": 1},
    ),
    Sent(calls=(ReadUpgradeRange(),)),
    Sent(
        calls=(
            OfferUpgrade(kf=_KF, member=_WHO, staff="xiaowang", wording="加我"),
            OfferUpgrade(kf=_KF, member=_WHO, chat="wrG", wording="进群"),
        ),
        required={**_PAIR, "type": 1},
    ),
    Sent(calls=(CancelUpgrade(kf=_KF, member=_WHO),), required=_PAIR),
    Sent(
        calls=tuple(SendKfMessage(kf=_KF, member=_WHO, message=one, msgid="m-1") for one in _SAID),
        required={"touser": "", "open_kfid": "", "msgtype": ""},
        manual={"msgid": ""},
        unsent=because("the sheet does not list it among what we may send", "business_card"),
    ),
    Sent(
        calls=tuple(
            SayOnEvent(code="CODE", message=one, msgid="m-2") for one in (KfText(text="好"), _MENU)
        ),
        required={"code": "", "msgtype": ""},
        manual={"msgid": ""},
    ),
    Sent(calls=(ReadSession(kf=_KF, member=_WHO),), required=_PAIR),
    Sent(
        calls=(MoveSession(kf=_KF, member=_WHO, state=HUMAN, servicer="xiaowang"),),
        required={**_PAIR, "service_state": 3, "servicer_userid": ""},
    ),
    Sent(
        calls=(PullMessages(kf=_KF, cursor="c", token="t"),),
        required={"open_kfid": ""},
        manual={"cursor": "", "token": "", "limit": 1000, "voice_format": 0},
    ),
)
