"""What the platforms say, as the plain XML inside a callback."""

from tests.little_shop import NOW_S

GH = "gh_0123456789ab"
CORP = "ww0123456789abcdef"


def said(openid: str, text: str, msg_id: int | str, *, at_s: int = NOW_S) -> str:
    """A follower typed something."""
    return _oa(
        openid, at_s, f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{msg_id}</MsgId>",
    )  # fmt: skip


def followed(openid: str, scene: str = "", *, at_s: int = NOW_S) -> str:
    """Somebody followed, by an entry code if there is a scene."""
    key = f"qrscene_{scene}" if scene else ""
    return _oa(openid, at_s, f"{_event('subscribe')}<EventKey>{key}</EventKey>")


def scanned(openid: str, scene: str, *, at_s: int = NOW_S) -> str:
    """A follower scanned an entry code."""
    return _oa(openid, at_s, f"{_event('SCAN')}<EventKey>{scene}</EventKey>")


def tapped(openid: str, key: str, *, at_s: int = NOW_S) -> str:
    """A follower tapped a menu entry."""
    return _oa(openid, at_s, f"{_event('CLICK')}<EventKey>{key}</EventKey>")


def unfollowed(openid: str, *, at_s: int = NOW_S) -> str:
    """A follower left."""
    return _oa(openid, at_s, _event("unsubscribe"))


def contact_added(
    member: str, *, state: str = "", code: str = "WC1", at_s: int = NOW_S, staff: str = "xiaowang"
) -> str:
    """A customer added a member of staff."""
    return _corp(
        at_s, f"{_event('change_external_contact')}<ChangeType>add_external_contact</ChangeType>"
        f"<UserID>{staff}</UserID><ExternalUserID>{member}</ExternalUserID>"
        f"<State>{state}</State><WelcomeCode>{code}</WelcomeCode>",
    )  # fmt: skip


def contact_gone(member: str, change: str, *, at_s: int = NOW_S, staff: str = "xiaowang") -> str:
    """The employee deleted the customer, or the customer the employee, as `change` says."""
    return _corp(
        at_s, f"{_event('change_external_contact')}<ChangeType>{change}</ChangeType>"
        f"<UserID>{staff}</UserID><ExternalUserID>{member}</ExternalUserID>",
    )  # fmt: skip


def group_changed(chat: str, *members: str, detail: str = "add_member", at_s: int = NOW_S) -> str:
    """Members joined a group, or left it."""
    items = "".join(f"<Item>{member}</Item>" for member in members)
    return _corp(
        at_s, f"{_event('change_external_chat')}<ChangeType>update</ChangeType>"
        f"<ChatId>{chat}</ChatId><UpdateDetail>{detail}</UpdateDetail><JoinScene>3</JoinScene>"
        f"<MemChangeCnt>{len(members)}</MemChangeCnt><MemChangeList>{items}</MemChangeList>",
    )  # fmt: skip


def kf_rang(kf: str, token: str, *, at_s: int = NOW_S) -> str:
    """Customer service has something to pull."""
    return _corp(
        at_s, f"{_event('kf_msg_or_event')}<Token>{token}</Token><OpenKfId>{kf}</OpenKfId>"
    )


def pictured(openid: str, msg_id: int | str, *, at_s: int = NOW_S) -> str:
    """A follower sent a picture."""
    rest = f"<MsgType>image</MsgType><MediaId>m</MediaId><MsgId>{msg_id}</MsgId>"
    return _oa(openid, at_s, rest)


def happened(openid: str, event: str, *, at_s: int = NOW_S) -> str:
    """Something else happened that names a follower, with nothing more to say."""
    return _oa(openid, at_s, _event(event))


def _event(name: str) -> str:
    return f"<MsgType>event</MsgType><Event>{name}</Event>"


def _oa(openid: str, at_s: int, rest: str) -> str:
    return _xml(GH, openid, at_s, rest)


def _corp(at_s: int, rest: str) -> str:
    return _xml(CORP, "sys", at_s, rest)


def _xml(to: str, sender: str, at_s: int, rest: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName>"
        f"<FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{at_s}</CreateTime>{rest}</xml>"
    )
