"""For the APIs of mass-send tasks and acquisition links, the calls with the fullest answers."""

from collections.abc import Mapping

from tests.conformance.asking import AT, TEXT, Ask, call, customers
from tests.twin_bot import Json, Scene

_LINK: Json = {"title": "会员页", "url": "http://127.0.0.1/", "picurl": "", "desc": ""}


async def _mass(scene: Scene) -> Json:
    await customers(scene)
    picture = await scene.media_id()
    program: Json = {"title": "t", "pic_media_id": picture, "appid": "wx1", "page": "/p"}
    film = await scene.media_id("video", "a.mp4")
    attachments: list[Json] = [
        {"msgtype": "image", "image": {"media_id": picture}},
        {"msgtype": "link", "link": _LINK},
        {"msgtype": "miniprogram", "miniprogram": program},
        {"msgtype": "video", "video": {"media_id": film}},
    ]
    ids = [scene.external("甲"), scene.external("乙"), "wmNOBODY"]
    asked: Json = {"sender": "xiaowang", "text": TEXT, "attachments": attachments}
    return await scene.call("wecom", f"{AT}/add_msg_template", {**asked, "external_userid": ids})


async def _masses(scene: Scene) -> Json:
    await _mass(scene)
    now = int(scene.twin.stage.now())
    span: Json = {"chat_type": "single", "start_time": now - 60, "end_time": now + 60}
    return await scene.call("wecom", f"{AT}/get_groupmsg_list_v2", span)


def _of_mass(path: str, **rest: object) -> Ask:
    async def ask(scene: Scene) -> Json:
        msgid = (await _mass(scene))["msgid"]
        await scene.do("confirm_mass", "xiaowang")
        return await scene.call("wecom", f"{AT}/{path}", {"msgid": msgid, **rest})

    return ask


async def _link(scene: Scene) -> Json:
    reach: Json = {"user_list": ["xiaowang"], "department_list": [1]}
    asked: Json = {"link_name": "朋友圈", "range": reach}
    return await scene.call("wecom", f"{AT}/customer_acquisition/create_link", asked)


def _of_link(path: str, **rest: object) -> Ask:
    async def ask(scene: Scene) -> Json:
        link = (await _link(scene))["link"]
        assert isinstance(link, dict)
        await scene.do("open_link", "甲", link=link["link_id"], customer_channel="moments")
        asked: Json = {"link_id": link["link_id"], **rest}
        return await scene.call("wecom", f"{AT}/customer_acquisition/{path}", asked)

    return ask


async def _links(scene: Scene) -> Json:
    await _link(scene)
    return await scene.call("wecom", f"{AT}/customer_acquisition/list_link", {})


async def _chat(scene: Scene) -> Json:
    await _of_link("get")(scene)
    told: Json = {}
    for _ in range(3):
        told = await scene.do("write_staff", "甲", staff="xiaowang", text="在吗")
    asked: Json = {"chat_key": told["chat_key"]}
    return await scene.call("wecom", f"{AT}/customer_acquisition/get_chat_info", asked)


MASS_ASKED: Mapping[str, Ask] = {
    "add_msg_template": _mass,
    "get_groupmsg_list_v2": _masses,
    "get_groupmsg_task": _of_mass("get_groupmsg_task"),
    "get_groupmsg_send_result": _of_mass("get_groupmsg_send_result", userid="xiaowang"),
    "customer_acquisition_quota": call(f"{AT}/customer_acquisition_quota"),
    "customer_acquisition/create_link": _link,
    "customer_acquisition/get": _of_link("get"),
    "customer_acquisition/list_link": _links,
    "customer_acquisition/customer": _of_link("customer"),
    "customer_acquisition/statistic": _of_link("statistic", start_time=0, end_time=2**32),
    "customer_acquisition/get_chat_info": _chat,
}
