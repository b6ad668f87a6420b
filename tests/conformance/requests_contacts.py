"""Our calls about a corp's customers, tags, codes and links, and what their sheets name."""

from bot.platforms.wecom.api.acquisition import (
    CountClicks,
    CreateLink,
    DeleteLink,
    Link,
    ListAcquired,
    ListLinks,
    ReadLink,
    ReadLinkChat,
    ReadLinkQuota,
    UpdateLink,
)
from bot.platforms.wecom.api.contacts import (
    ListContacts,
    ListServed,
    ListStaff,
    NameContact,
    ReadContact,
    ReadContacts,
    WriteRemark,
)
from bot.platforms.wecom.api.corp_tags import (
    AddCorpTags,
    DeleteCorpTags,
    EditCorpTag,
    ListCorpTags,
    MarkContact,
)
from bot.platforms.wecom.api.material import LinkCard, MiniProgram, Picture
from bot.platforms.wecom.api.ways import (
    AddContactWay,
    CloseTemporaryChat,
    ContactWay,
    DeleteContactWay,
    ListContactWays,
    ReadContactWay,
    Temporary,
    UpdateContactWay,
)
from tests.conformance.sent import Sent, because

_WHO, _STAFF = "wmWHO", "xiaowang"
_PAIR = {"userid": "", "external_userid": ""}
_PAGE = {"limit": 100, "cursor": ""}
_SUITES = "tells apps of one provider apart; an app of the corp's own has its token"
_LINK = Link(id="L", name="门店", staff=(_STAFF,), parties=(2,))
_LINK_UNSENT = because(
    "not in the sheet, and the platform's default serves", "priority_option", "mark_source"
)
_SPOKEN = (
    Picture(media="M"),
    LinkCard(title="t", url="https://a", picture="https://p", description="d"),
    MiniProgram(title="t", cover="M", appid="wx1", page="a"),
)
_PASSING = tuple(
    ContactWay(
        config="c",
        staff=(_STAFF,),
        state="s",
        remark="r",
        scene=1,
        style=1,
        exclusive=True,
        temporary=Temporary(
            code_s=3600, chat_s=3600, unionid="u", closing="再见", material=material
        ),
    )
    for material in _SPOKEN
)
_WAYS = (*_PASSING, ContactWay(config="c", staff=(_STAFF, "xiaoli"), parties=(2,)))

CUSTOMERS = (
    Sent(calls=(ListStaff(),)),
    Sent(calls=(ListContacts(staff=_STAFF),), required={"userid": ""}),
    Sent(
        calls=(ReadContact(member=_WHO, cursor="c"),),
        required={"external_userid": ""},
        manual={"cursor": ""},
    ),
    Sent(
        calls=(ReadContacts(staff=(_STAFF,), cursor="c"),),
        required={"userid_list": [""]},
        manual=_PAGE,
    ),
    Sent(calls=(ListServed(cursor="c"),), manual=_PAGE),
    Sent(
        calls=(WriteRemark(staff=_STAFF, member=_WHO, remark="王姐"),),
        required=_PAIR,
        unsent=because(
            "the remark is all that we write; the others stay as the employee wrote them",
            "description",
            "remark_company",
            "remark_mobiles",
            "remark_pic_mediaid",
        ),
    ),
    Sent(calls=(NameContact(unionid="u", openid="o"),), required={"unionid": "", "openid": ""}),
)
TAGS = (
    Sent(
        calls=(ListCorpTags(tags=("t",), groups=("g",)),), manual={"tag_id": [""], "group_id": [""]}
    ),
    Sent(
        calls=(
            AddCorpTags(names=("猫",), group_id="g"),
            AddCorpTags(names=("狗",), group="宠物", order=1),
        ),
        required={"tag": [{"name": ""}]},
        unsent=because(_SUITES, "agentid")
        | because("new tags stand in the order of their names", "tag[].order"),
    ),
    Sent(
        calls=(EditCorpTag(id="t", name="猫", order=1),),
        required={"id": ""},
        unsent=because(_SUITES, "agentid"),
    ),
    Sent(
        calls=(DeleteCorpTags(tags=("t",), groups=("g",)),),
        unsent=because(_SUITES, "agentid"),
    ),
    Sent(
        calls=(MarkContact(staff=_STAFF, member=_WHO, add=("a",), remove=("b",)),), required=_PAIR
    ),
)
WAYS = (
    Sent(
        calls=tuple(AddContactWay(way=way) for way in _WAYS),
        required={"type": 1, "scene": 1},
        unsent=because("not in the sheet", "mark_source"),
    ),
    Sent(calls=(ReadContactWay(config="c"),), required={"config_id": ""}),
    Sent(
        calls=(ListContactWays(since=1, until=2, cursor="c"),),
        manual={"start_time": 1, "end_time": 1, **_PAGE},
    ),
    Sent(
        calls=tuple(UpdateContactWay(way=way) for way in _WAYS),
        required={"config_id": ""},
        unsent=because("not in the sheet", "mark_source"),
    ),
    Sent(calls=(DeleteContactWay(config="c"),), required={"config_id": ""}),
    Sent(calls=(CloseTemporaryChat(staff=_STAFF, member=_WHO),), required=_PAIR),
)
LINKS = (
    Sent(calls=(ListLinks(cursor="c"),), manual=_PAGE),
    Sent(calls=(ReadLink(link="L"),), required={"link_id": ""}),
    Sent(
        calls=(CreateLink(link=_LINK),),
        required={"link_name": "", "range": {}},
        unsent=_LINK_UNSENT,
    ),
    Sent(calls=(UpdateLink(link=_LINK),), required={"link_id": ""}, unsent=_LINK_UNSENT),
    Sent(calls=(DeleteLink(link="L"),), required={"link_id": ""}),
    Sent(calls=(ListAcquired(link="L", cursor="c"),), required={"link_id": ""}, manual=_PAGE),
    Sent(calls=(ReadLinkQuota(),)),
    Sent(
        calls=(CountClicks(link="L", since=1, until=2),),
        required={"link_id": "", "start_time": 1, "end_time": 1},
    ),
    Sent(calls=(ReadLinkChat(key="k"),), required={"chat_key": ""}),
)
CONTACTS = (*CUSTOMERS, *TAGS, *WAYS, *LINKS)
