"""Our calls to an Official Account's platform, each as full as it goes, and its sheet's body."""

from typing import Any

from bot.actions import Choice
from bot.platforms.oa.api.codes import MakeScanCode, ShowScanCode
from bot.platforms.oa.api.console import ReadAutoReplies, ReadShownMenu
from bot.platforms.oa.api.followers import (
    ListFollowers,
    ReadFollower,
    ReadFollowers,
    WriteFollowerRemark,
)
from bot.platforms.oa.api.media import HangPicture, ReadOaMedia, UploadOaMedia
from bot.platforms.oa.api.menu import (
    DeleteMenus,
    DeleteSomeMenu,
    MakeMenu,
    MakeSomeMenu,
    MenuButton,
    ReadMenuOf,
    ReadMenus,
)
from bot.platforms.oa.api.messages import (
    SayArticle,
    SayCard,
    SayMaterial,
    SayMenu,
    SayMiniProgram,
    SayMusic,
    SayNews,
    SayPicture,
    SayText,
    SayVideo,
    SayVoice,
    WriteTyping,
)
from bot.platforms.oa.api.network import CheckCallback, ListOaApiIps, ListOaCallbackIps
from bot.platforms.oa.api.notices import DeliverOnce, DeliverSubscription, DeliverTemplate
from bot.platforms.oa.api.quota import (
    ClearApiQuota,
    ClearQuota,
    ClearQuotaBySecret,
    ExplainRefusal,
    ReadQuota,
)
from bot.platforms.oa.api.tags import (
    DeleteFollowerLabel,
    LabelFollowers,
    ListFollowerLabels,
    ListLabelledFollowers,
    MakeFollowerLabel,
    ReadFollowerLabels,
    RenameFollowerLabel,
    UnlabelFollowers,
)
from bot.platforms.oa.api.tokens import AskClassicToken, AskStableToken
from bot.platforms.wire import File
from tests.conformance.sent import Sent, because

FAN = "oFAN"
PICTURE = File(name="a.png", content=b"a picture")
_COLOUR = "the platform ignores colours since 2023 (section 7)"
_TOKEN = {"grant_type": "", "appid": "", "secret": ""}
_FEW_FIELDS = ("first", "keyword1", "keyword2", "keyword3", "remark")
_NOTICE: dict[str, Any] = {"openid": FAN, "template": "TPL", "appid": "wx1", "page": "pages/a"}
_NOTICE_REQUIRED = {"touser": "", "template_id": "", "data": {}}
_LABELLED = {"openid_list": [""], "tagid": 1}
_MENU_NEEDS = ("key", "url", "appid", "pagepath", "media_id", "article_id")
_BELOW = {"name": "", "type": "", **dict.fromkeys(_MENU_NEEDS, "")}
_BUTTONS = (
    MenuButton(
        name="门店",
        below=(
            MenuButton(name="领券", type="click", key="COUPON"),
            MenuButton(name="商城", type="view", url="https://shop.example/"),
            MenuButton(
                name="小程序", type="miniprogram", appid="wx1", pagepath="a", url="https://a"
            ),
            MenuButton(name="图片", type="media_id", media_id="M"),
            MenuButton(name="文章", type="article_id", article_id="A"),
        ),
    ),
    MenuButton(name="领券", type="click", key="COUPON"),
    MenuButton(name="小程序", type="miniprogram", appid="wx1", pagepath="a", url="https://a"),
)
_MENU_REQUIRED = {"button": [{"name": ""}]}
_MENU = {"button": [{**_BELOW, "sub_button": [_BELOW]}]}
_OTHER_BUTTONS = because(
    "a button of ours that leads there stands below another one",
    "button[].media_id",
    "button[].article_id",
)

TOKENS_AND_CODES = (
    Sent(
        calls=(AskStableToken(appid="wx1", secret="s"),),
        required=_TOKEN,
        manual={"force_refresh": False},
        unsent=because("it would kill the token that all share", "force_refresh"),
    ),
    Sent(calls=(AskClassicToken(appid="wx1", secret="s"),), required=_TOKEN),
    Sent(
        calls=(
            MakeScanCode(scene="S012", lives_s=60),
            MakeScanCode(scene="S012"),
            MakeScanCode(scene=12, lives_s=60),
            MakeScanCode(scene=12),
        ),
        required={"action_name": "", "action_info": {"scene": {}}},
        manual={"expire_seconds": 1, "action_info": {"scene": {"scene_id": 1, "scene_str": ""}}},
    ),
    Sent(calls=(ShowScanCode(ticket="T"),), required={"ticket": ""}),
)
FOLLOWERS = (
    Sent(calls=(MakeFollowerLabel(name="常客"),), required={"tag": {"name": ""}}),
    Sent(calls=(ListFollowerLabels(),)),
    Sent(
        calls=(RenameFollowerLabel(label=100, name="老客"),),
        required={"tag": {"id": 1, "name": ""}},
    ),
    Sent(calls=(DeleteFollowerLabel(label=100),), required={"tag": {"id": 1}}),
    Sent(calls=(LabelFollowers(label=100, openids=(FAN,)),), required=_LABELLED),
    Sent(calls=(UnlabelFollowers(label=100, openids=(FAN,)),), required=_LABELLED),
    Sent(calls=(ReadFollowerLabels(openid=FAN),), required={"openid": ""}),
    Sent(
        calls=(ListLabelledFollowers(label=100, cursor=FAN),),
        required={"tagid": 1},
        manual={"next_openid": ""},
    ),
    Sent(calls=(ReadFollower(openid=FAN),), required={"openid": ""}, manual={"lang": ""}),
    Sent(
        calls=(ReadFollowers(openids=(FAN,)),),
        required={"user_list": [{"openid": ""}]},
        manual={"user_list": [{"lang": ""}]},
    ),
    Sent(calls=(ListFollowers(cursor=FAN),), manual={"next_openid": ""}),
    Sent(
        calls=(WriteFollowerRemark(openid=FAN, remark="王姐"),),
        required={"openid": "", "remark": ""},
    ),
)
MENUS = (
    Sent(
        calls=(MakeMenu(buttons=_BUTTONS),),
        required=_MENU_REQUIRED,
        manual=_MENU,
        unsent=_OTHER_BUTTONS,
    ),
    Sent(calls=(ReadMenus(),)),
    Sent(calls=(DeleteMenus(),)),
    Sent(
        calls=(MakeSomeMenu(buttons=_BUTTONS, label=100, client=1),),
        required={**_MENU_REQUIRED, "matchrule": {}},
        manual={**_MENU, "matchrule": {"tag_id": "", "client_platform_type": ""}},
        unsent=_OTHER_BUTTONS,
    ),
    Sent(calls=(DeleteSomeMenu(menu="1"),), required={"menuid": ""}),
    Sent(calls=(ReadMenuOf(user=FAN),), required={"user_id": ""}),
    Sent(calls=(ReadShownMenu(),)),
    Sent(calls=(ReadAutoReplies(),)),
    Sent(calls=(UploadOaMedia(file=PICTURE),), required={"type": ""}),
    Sent(calls=(ReadOaMedia(media_id="M"),), required={"media_id": ""}),
    Sent(calls=(HangPicture(file=PICTURE),)),
)
MESSAGES = (
    Sent(
        calls=(
            SayText(openid=FAN, text="好", agent="a@gh", generated=True),
            SayPicture(openid=FAN, media_id="M"),
            SayVoice(openid=FAN, media_id="M"),
            SayVideo(openid=FAN, media_id="M", thumb_media_id="T", title="t", description="d"),
            SayMusic(openid=FAN, thumb_media_id="T", url="https://a", title="t", description="d"),
            SayNews(openid=FAN, title="t", url="https://a", description="d", picture="https://p"),
            SayMaterial(openid=FAN, media_id="M"),
            SayArticle(openid=FAN, article_id="A"),
            SayMenu(openid=FAN, head="h", lines=(Choice(id="1", content="是"),), tail="t"),
            SayCard(openid=FAN, card_id="C"),
            SayMiniProgram(openid=FAN, title="t", appid="wx1", path="a", thumb_media_id="T"),
        ),
        required={"touser": "", "msgtype": ""},
        manual={
            "aimsgcontext": {"is_ai_msg": 1},
            "mpnews": {"media_id": ""},
            "mpnewsarticle": {"article_id": ""},
        },
    ),
    Sent(
        calls=(WriteTyping(openid=FAN), WriteTyping(openid=FAN, shown=False)),
        required={"touser": "", "command": ""},
    ),
    Sent(
        calls=(
            DeliverTemplate(
                **_NOTICE,
                url="https://a",
                fields=tuple((one, "39.8元") for one in _FEW_FIELDS),
                key="K",
            ),
        ),
        required=_NOTICE_REQUIRED,
        manual={"client_msg_id": "", "data": {"thing1": {"value": ""}}},
        unsent=because(_COLOUR, *(f"data.{one}.color" for one in _FEW_FIELDS))
        | because("which fields there are is the template's", "data.thing1"),
    ),
    Sent(
        calls=(
            DeliverSubscription(
                **_NOTICE, fields=(("name1", "甲"), ("thing8", "乙"), ("time7", "丙"))
            ),
            DeliverSubscription(openid=FAN, template="TPL", page="https://a", fields=()),
        ),
        required=_NOTICE_REQUIRED,
    ),
    Sent(
        calls=(
            DeliverOnce(
                **_NOTICE, url="https://a", fields=(("content", "丁"),), title="到货", scene=12
            ),
        ),
        required={**_NOTICE_REQUIRED, "scene": "", "title": ""},
        manual={"miniprogram": {"appid": "", "pagepath": ""}},
        unsent=because("the words are told by their text alone", "data.content.color"),
    ),
)
_PATH = "/cgi-bin/message/custom/send"
QUOTAS = (
    Sent(calls=(ReadQuota(path=_PATH),), required={"cgi_path": ""}),
    Sent(calls=(ClearApiQuota(path=_PATH),), required={"cgi_path": ""}),
    Sent(calls=(ClearQuota(appid="wx1"),), required={"appid": ""}),
    Sent(
        calls=(ClearQuotaBySecret(appid="wx1", secret="s"),),
        required={"appid": "", "appsecret": ""},
    ),
    Sent(calls=(ExplainRefusal(rid="r"),), required={"rid": ""}),
    Sent(calls=(ListOaCallbackIps(),)),
    Sent(calls=(ListOaApiIps(),)),
    Sent(calls=(CheckCallback(),), required={"action": "", "check_operator": ""}),
)
OA = (*TOKENS_AND_CODES, *FOLLOWERS, *MENUS, *MESSAGES, *QUOTAS)
