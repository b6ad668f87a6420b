"""Where our calls about customers, groups and mass messages read what they tell."""

from collections.abc import Mapping
from typing import Any

from bot.platforms.call import Call
from bot.platforms.wecom.api.acquisition import (
    CountClicks,
    CreateLink,
    ListAcquired,
    ListLinks,
    ReadLink,
    ReadLinkChat,
    ReadLinkQuota,
)
from bot.platforms.wecom.api.contacts import (
    ListContacts,
    ListServed,
    ListStaff,
    NameContact,
    ReadContact,
    ReadContacts,
)
from bot.platforms.wecom.api.corp_tags import AddCorpTags, ListCorpTags
from bot.platforms.wecom.api.groups import ListGroups, NameChat, ReadChat
from bot.platforms.wecom.api.join_ways import AddJoinWay, ReadJoinWay
from bot.platforms.wecom.api.mass import (
    AddMassTask,
    ListMassResults,
    ListMassSenders,
    ListMassTasks,
)
from bot.platforms.wecom.api.ways import AddContactWay, ListContactWays, ReadContactWay
from bot.platforms.wecom.api.welcomes import AddGroupWelcome, ReadGroupWelcome

_NEXT = {"after": "next_cursor"}
_CUSTOMER = {"member": "external_userid", "name": "name", "unionid": "unionid"}
_FOLLOWER = {
    "staff": "userid",
    "remark": "remark",
    "added": "createtime",
    "state": "state",
    "way": "add_way",
}
_TAG = {"id": "id", "name": "name", "order": "order", "deleted": "deleted"}
_GROUP = {"id": "group_id", "name": "group_name", "order": "order", "deleted": "deleted"}
_PICTURE = "image.pic_url"


def _under(places: Mapping[str, str], below: str, attribute: str = "") -> dict[str, str]:
    return {f"{attribute}{name}": f"{below}.{place}" for name, place in places.items()}


def _tags(place: str) -> dict[str, str]:
    return {**_under(_GROUP, place), **_under(_TAG, f"{place}.tag[]", "tags.")}


CONTACTS: Mapping[type[Call[Any]], Mapping[str, str]] = {
    ListStaff: {"": "follow_user"},
    ListContacts: {"": "external_userid"},
    ReadContact: {
        **_under(_CUSTOMER, "external_contact"),
        **_under(_FOLLOWER, "follow_user[]", "followers."),
        "followers.labels": "follow_user[].tags[].tag_id",
        **_NEXT,
    },
    ReadContacts: {
        **_under(_CUSTOMER, "external_contact_list[].external_contact"),
        **_under(_FOLLOWER, "external_contact_list[].follow_info", "followers."),
        "followers.labels": "external_contact_list[].follow_info.tag_id",
        **_NEXT,
    },
    ListServed: {
        "temporary": "info_list[].tmp_openid",
        "member": "info_list[].external_userid",
        "name": "info_list[].name",
        "staff": "info_list[].follow_userid",
        "chat": "info_list[].chat_id",
        "since": "info_list[].add_time",
        **_NEXT,
    },
    NameContact: {"": "external_userid"},
    ListCorpTags: _tags("tag_group[]"),
    AddCorpTags: _tags("tag_group"),
    AddContactWay: {"config": "config_id", "qr_code": "qr_code"},
    ReadContactWay: {
        name: f"contact_way.{place} contact_way[].{place}"
        for name, place in {
            "config": "config_id",
            "staff": "user",
            "parties": "party",
            "state": "state",
            "remark": "remark",
            "scene": "scene",
            "style": "style",
            "skip_verify": "skip_verify",
            "exclusive": "is_exclusive",
            "qr_code": "qr_code",
            "temporary.code_s": "expires_in",
            "temporary.chat_s": "chat_expires_in",
            "temporary.unionid": "unionid",
            "temporary.closing": "conclusions.text.content",
            "temporary.material.url": f"conclusions.{_PICTURE}",
        }.items()
    },
    ListContactWays: {"": "contact_way[].config_id", **_NEXT},
    ListLinks: {"": "link_id_list", **_NEXT},
    ReadLink: {
        "name": "link.link_name",
        "url": "link.url",
        "made": "link.create_time",
        "skip_verify": "link.skip_verify",
        "staff": "range.user_list",
        "parties": "range.department_list",
    },
    CreateLink: {
        "id": "link.link_id",
        "name": "link.link_name",
        "url": "link.url",
        "made": "link.create_time",
    },
    ListAcquired: {
        "member": "customer_list[].external_userid",
        "staff": "customer_list[].userid",
        "chatted": "customer_list[].chat_status",
        "state": "customer_list[].state",
        **_NEXT,
    },
    ReadLinkQuota: {"total": "total", "balance": "balance", "expiring": "quota_list"},
    CountClicks: {"clicked": "click_link_customer_cnt", "added": "new_customer_cnt"},
    ReadLinkChat: {
        "staff": "userid",
        "member": "external_userid",
        "messages": "chat_info.recv_msg_cnt",
        "link": "chat_info.link_id",
        "state": "chat_info.state",
    },
    ListGroups: {"": "group_chat_list[].chat_id", **_NEXT},
    ReadChat: {
        "chat": "group_chat.chat_id",
        "name": "group_chat.name",
        "owner": "group_chat.owner",
        "created": "group_chat.create_time",
        "notice": "group_chat.notice",
        "admins": "group_chat.admin_list[].userid",
        "sitting.member": "group_chat.member_list[].userid",
        "sitting.kind": "group_chat.member_list[].type",
        "sitting.joined": "group_chat.member_list[].join_time",
        "sitting.scene": "group_chat.member_list[].join_scene",
        "sitting.unionid": "group_chat.member_list[].unionid",
        "sitting.state": "group_chat.member_list[].state",
    },
    NameChat: {"": "chat_id"},
    AddJoinWay: {"": "config_id"},
    ReadJoinWay: {
        "config": "join_way.config_id",
        "chats": "join_way.chat_id_list",
        "state": "join_way.state",
        "remark": "join_way.remark",
        "scene": "join_way.scene",
        "more": "join_way.auto_create_room",
        "base_name": "join_way.room_base_name",
        "base_number": "join_way.room_base_id",
        "qr_code": "join_way.qr_code",
    },
    AddGroupWelcome: {"": "template_id"},
    ReadGroupWelcome: {"text": "text.content", "material.url": _PICTURE},
    AddMassTask: {"msgid": "msgid", "failed": "fail_list"},
    ListMassTasks: {
        "msgid": "group_msg_list[].msgid",
        "text": "group_msg_list[].text.content",
        "created": "group_msg_list[].create_time",
        "creator": "group_msg_list[].creator",
        **_NEXT,
    },
    ListMassSenders: {
        "staff": "task_list[].userid",
        "at": "task_list[].send_time",
        **_NEXT,
    },
    ListMassResults: {
        "receiver": "send_list[].external_userid",
        "staff": "send_list[].userid",
        "status": "send_list[].status",
        "at": "send_list[].send_time",
        **_NEXT,
    },
}
