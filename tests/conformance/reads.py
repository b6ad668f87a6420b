"""Where each of our calls reads what it tells, in the answers that others published.

The left side is an attribute of what the call reads ("" the value itself, `after` the next page),
the right side are the places of the answer that it is read from.
"""

from collections.abc import Mapping
from typing import Any

from bot.platforms.call import Call
from bot.platforms.kf.api.accounts import (
    AddKfAccount,
    AddKfWay,
    AddServicers,
    DeleteServicers,
    ListKfAccounts,
    ListServicers,
)
from bot.platforms.kf.api.customers import ReadUpgradeRange, ReadVisitors
from bot.platforms.kf.api.sends import SayOnEvent, SendKfMessage
from bot.platforms.kf.api.sessions import MoveSession, PullMessages, ReadSession
from bot.platforms.oa.api.codes import MakeScanCode
from bot.platforms.oa.api.console import ReadAutoReplies, ReadShownMenu
from bot.platforms.oa.api.followers import ListFollowers, ReadFollower, ReadFollowers
from bot.platforms.oa.api.media import HangPicture, UploadOaMedia
from bot.platforms.oa.api.menu import MakeSomeMenu, ReadMenuOf, ReadMenus
from bot.platforms.oa.api.network import CheckCallback, ListOaApiIps, ListOaCallbackIps
from bot.platforms.oa.api.notices import DeliverTemplate
from bot.platforms.oa.api.tags import (
    ListFollowerLabels,
    ListLabelledFollowers,
    MakeFollowerLabel,
    ReadFollowerLabels,
)
from bot.platforms.oa.api.tokens import AskClassicToken
from bot.platforms.wecom.api.acquisition import CreateLink, ReadLink
from bot.platforms.wecom.api.app import ChangeCard, ReadApp, SendAppMessage
from bot.platforms.wecom.api.corp import AskCorpToken, ListApiHosts, ListCallers, ReadMember
from bot.platforms.wecom.api.mass import ListMassSenders, ListMassTasks
from bot.platforms.wecom.api.media import HostPicture, KeepCorpMedia
from bot.platforms.wecom.api.ways import ReadContactWay
from bot.platforms.wecom.api.welcomes import ReadGroupWelcome
from tests.conformance.reads_contacts import CONTACTS

Places = Mapping[str, str]
_PROFILE = {
    "openid": "openid",
    "follows": "subscribe",
    "since": "subscribe_time",
    "unionid": "unionid",
    "remark": "remark",
    "labels": "tagid_list",
    "way": "subscribe_scene",
    "scene": "qr_scene",
}
_LABEL = {"id": "id", "name": "name", "worn": "count"}
_SERVED = {
    "staff": "result_list[].userid",
    "party": "result_list[].department_id",
    "code": "result_list[].errcode",
}


def _below(place: str, places: Places) -> Places:
    return {name: f"{place}.{one}" for name, one in places.items()}


_OA: Mapping[type[Call[Any]], Places] = {
    AskClassicToken: {"token": "access_token", "lives_s": "expires_in"},
    MakeScanCode: {"ticket": "ticket", "url": "url", "lives_s": "expire_seconds"},
    MakeFollowerLabel: _below("tag", _LABEL),
    ListFollowerLabels: _below("tags[]", _LABEL),
    ReadFollowerLabels: {"": "tagid_list"},
    ListLabelledFollowers: {"": "data.openid", "after": "next_openid"},
    ListFollowers: {"": "data.openid", "after": "next_openid"},
    ReadFollower: _PROFILE,
    ReadFollowers: _below("user_info_list[]", _PROFILE),
    MakeSomeMenu: {"": "menuid"},
    ReadMenus: {
        "id": "menu.menuid conditionalmenu[].menuid",
        "label": "conditionalmenu[].matchrule.group_id",
        "client": "conditionalmenu[].matchrule.client_platform_type",
        "buttons.name": "menu.button[].name conditionalmenu[].button[].name",
        "buttons.type": "menu.button[].type conditionalmenu[].button[].type",
        "buttons.key": "menu.button[].key",
        "buttons.below.name": "conditionalmenu[].button[].sub_button[].name",
        "buttons.below.type": "conditionalmenu[].button[].sub_button[].type",
        "buttons.below.url": "conditionalmenu[].button[].sub_button[].url",
        "buttons.below.key": "conditionalmenu[].button[].sub_button[].key",
    },
    ReadMenuOf: {"name": "button[].name", "type": "button[].type", "url": "button[].url"},
    ReadShownMenu: {"": "."},
    ReadAutoReplies: {"": "."},
    UploadOaMedia: {"": "media_id"},
    HangPicture: {"": "url"},
    DeliverTemplate: {"": "msgid"},
    ListOaCallbackIps: {"": "ip_list"},
    ListOaApiIps: {"": "ip_list"},
    CheckCallback: {
        "addresses": "dns[].ip",
        "pings.ip": "ping[].ip",
        "pings.lost": "ping[].package_loss",
    },
}
_KF: Mapping[type[Call[Any]], Places] = {
    ListKfAccounts: {
        "kf": "account_list[].open_kfid",
        "name": "account_list[].name",
        "avatar": "account_list[].avatar",
        "managed": "account_list[].manage_privilege",
    },
    AddKfAccount: {"": "open_kfid"},
    AddKfWay: {"": "url"},
    ListServicers: {
        "staff": "servicer_list[].userid",
        "party": "servicer_list[].department_id",
        "paused": "servicer_list[].stop_type",
    },
    AddServicers: _SERVED,
    DeleteServicers: _SERVED,
    ReadVisitors: {
        "known.member": "customer_list[].external_userid",
        "known.name": "customer_list[].nickname",
        "known.unionid": "customer_list[].unionid",
        "known.scene": "customer_list[].enter_session_context.scene",
        "known.scene_param": "customer_list[].enter_session_context.scene_param",
        "unknown": "invalid_external_userid",
    },
    ReadUpgradeRange: {
        "staff": "member_range.userid_list",
        "parties": "member_range.department_id_list",
        "chats": "groupchat_range.chat_id_list",
    },
    ReadSession: {"state": "service_state", "servicer": "servicer_userid"},
    MoveSession: {"": "msg_code"},
    PullMessages: {"items": "msg_list", "reached": "next_cursor", "more": "has_more"},
    SendKfMessage: {"": "msgid"},
    SayOnEvent: {"": "msgid"},
}
_CORP: Mapping[type[Call[Any]], Places] = {
    AskCorpToken: {"": "access_token"},
    ReadMember: {
        "staff": "userid",
        "name": "name",
        "alias": "alias",
        "position": "position",
        "parties": "department",
        "status": "status",
    },
    ListCallers: {"": "ip_list"},
    ListApiHosts: {"": "ip_list"},
    KeepCorpMedia: {"": "media_id"},
    HostPicture: {"": "url"},
    SendAppMessage: {
        "msgid": "msgid",
        "response_code": "response_code",
        "absent": "invaliduser unlicenseduser",
    },
    ChangeCard: {"": "invaliduser"},
    ReadApp: {
        "agentid": "agentid",
        "name": "name",
        "closed": "close",
        "staff": "allow_userinfos.user[].userid",
        "parties": "allow_partys.partyid",
    },
}
READS: Mapping[type[Call[Any]], Places] = {**_OA, **_KF, **_CORP, **CONTACTS}
# Where something must be read, but not word for word: names joined by | are told one by one.
AT_LEAST: Mapping[type[Call[Any]], frozenset[str]] = {SendAppMessage: frozenset({"absent"})}
# What is read and compared with nothing, each line with its reason.
_OTHER_BUTTON = frozenset({"appid", "pagepath", "media_id", "article_id"})  # in no published menu
_BUTTON = frozenset({*_OTHER_BUTTON, "url", "key", "below"})
UNTOLD: Mapping[type[Call[Any]], frozenset[str]] = {
    ReadMenus: frozenset(
        {f"buttons.{one}" for one in _BUTTON}
        | {f"buttons.below.{one}" for one in {*_OTHER_BUTTON, "below"}}
    ),
    ReadMenuOf: frozenset({*_OTHER_BUTTON, "key", "below"}),
    ReadLink: frozenset({"id"}),  # the answer has none, so it is the one asked for
    CreateLink: frozenset({"staff", "parties", "skip_verify"}),  # as they were asked for
    ReadGroupWelcome: frozenset({"material.media"}),  # answers show a picture by its address
    ReadContactWay: frozenset({"temporary.material.media"}),
    ListMassTasks: frozenset({"attachments"}),  # their number
    ListMassSenders: frozenset({"tapped"}),  # published as 1, where the sheet has 0 and 2 only
    ListServicers: frozenset({"receiving"}),  # 0 is yes
}
