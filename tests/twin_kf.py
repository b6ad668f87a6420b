"""What tests of the twin's customer service share: one account, its APIs, and 甲 who writes."""

from tests.twin_bot import Json, Scene

KF = "wkYIDIAN_S012"
PETS = "wrPETS_S012_1"
SEND, ON_EVENT, SYNC = "kf/send_msg", "kf/send_msg_on_event", "kf/sync_msg"
STATE, TRANS = "kf/service_state/get", "kf/service_state/trans"
CARD = "kf/customer/upgrade_service"
TWO_DAYS = 172_801
MENU: Json = {
    "head_content": "想了解什么？",
    "list": [
        {"type": "click", "click": {"id": "group", "content": "进群"}},
        {"type": "view", "view": {"url": "http://127.0.0.1/", "content": "看券"}},
    ],
    "tail_content": "点一下就好",
}


def about(scene: Scene, who: str = "甲", **rest: object) -> Json:
    """Return arguments that name the kf account and this customer."""
    return {"open_kfid": KF, "external_userid": scene.external(who), **rest}


async def post(scene: Scene, path: str, asked: Json) -> Json:
    """Call a kf API."""
    return await scene.call("wecom", path, asked)


async def code(scene: Scene, path: str, asked: Json) -> object:
    """Call a kf API and return its errcode."""
    return (await post(scene, path, asked))["errcode"]


def words(scene: Scene, content: str = "您好", who: str = "甲", **rest: object) -> Json:
    """Return a text message to this customer."""
    said: Json = {"msgtype": "text", "text": {"content": content}}
    return {"touser": scene.external(who), "open_kfid": KF, **said, **rest}


async def sync(scene: Scene, cursor: str = "", **rest: object) -> tuple[list[Json], str, object]:
    """Return the items after a cursor, the next cursor and has_more."""
    told = await post(scene, SYNC, {"open_kfid": KF, "cursor": cursor, **rest})
    listed = told["msg_list"]
    assert isinstance(listed, list)
    return listed, str(told["next_cursor"]), told["has_more"]


async def spoken(scene: Scene, text: str = "在吗", who: str = "甲") -> None:
    """Let somebody open the account and write."""
    await scene.do("enter_kf", who)
    await scene.do("kf_type", who, text=text)


async def state(scene: Scene) -> tuple[object, object]:
    """Return the service state of 甲 and the servicer."""
    told = await post(scene, STATE, about(scene))
    return told["service_state"], told["servicer_userid"]
