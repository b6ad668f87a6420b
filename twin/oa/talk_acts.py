"""What a fan says to an Official Account besides words: files, places, links, menu items."""

from collections.abc import Callable, Iterator, Mapping

from twin.acts import NotPossible, Outcome
from twin.letters import Node
from twin.oa.acts import fan, speak
from twin.sender import Sender
from twin.shape import Json, record, records, text
from twin.stage import Stage
from twin.world import OaAccount

# Each MsgType and the ending of the file that comes with it.
_FILES = {"image": "jpg", "voice": "amr", "video": "mp4", "shortvideo": "mp4"}
# The nodes of a message without a file, and what they are unless `body` says otherwise.
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "location": {
        "Location_X": "39.908722",
        "Location_Y": "116.397499",
        "Scale": "15",
        "Label": "良渚街道玉鸟路 12 号",
    },
    "link": {"Title": "一篇文章", "Description": "", "Url": "https://mp.weixin.qq.com/s/twin"},
}


def send(sender: Sender, args: Json) -> Outcome:
    """Send a message of this `msgtype` (image unless given); `body` has nodes that differ."""
    kind, body = text(args, "msgtype", "image"), record(args, "body")
    _, account, _ = fan(sender.stage, args)
    if kind in _FILES:
        fields = _file(sender.stage, account, kind)
    elif kind in _FIELDS:
        fields = dict(_FIELDS[kind])
    else:
        raise NotPossible(f"孪生不演示 {kind}，可用：{'、'.join((*_FILES, *_FIELDS))}")
    fields |= {name: text(body, name) for name in body}
    return speak(sender, args, kind, list(fields.items()))


def tap_reply(sender: Sender, args: Json) -> Outcome:
    """Tap an item, by `id` or `content`, of the newest menu message on the phone."""
    person, _, _ = fan(sender.stage, args)
    wanted = (args.get("id"), args.get("content"))
    menus = [
        one
        for seen in person.phone
        if seen.via == "custom"
        for one in seen.attachments
        if one["type"] == "menu"
    ]
    for name, content in _items(menus[-1]) if menus else ():
        if name == wanted[0] or content == wanted[1]:
            after: tuple[Node, ...] = (("bizmsgmenuid", name),)
            return speak(sender, args, "text", [("Content", content)], after=after)
    raise NotPossible(f"{person.name} 的手机上没有这个菜单项")


def _items(menu: Json) -> Iterator[tuple[str, str]]:
    for item in records(menu, "items"):
        yield text(item, "id"), text(item, "content")


def _file(stage: Stage, account: OaAccount, kind: str) -> dict[str, str]:
    """Return the nodes of a file that can be fetched by its MediaId for three days."""
    name, now = f"{kind}.{_FILES[kind]}", stage.now()
    shelf_kind = "video" if kind == "shortvideo" else kind
    media_id = stage.media.keep(account.id, shelf_kind, name, b"from a fan", now).media_id
    if kind == "image":
        return {"PicUrl": f"http://mmbiz.qpic.cn/mmbiz_jpg/{media_id}/0", "MediaId": media_id}
    if kind == "voice":
        return {"MediaId": media_id, "Format": "amr"}
    thumb = stage.media.keep(account.id, "thumb", "thumb.jpg", b"from a fan", now).media_id
    return {"MediaId": media_id, "ThumbMediaId": thumb}


TALK_ACTS: Mapping[str, Callable[[Sender, Json], Outcome]] = {
    "oa_send": send,
    "tap_reply": tap_reply,
}
