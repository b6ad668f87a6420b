"""For each WeCom API, the call that makes the twin's answer as full as it can be."""

from collections.abc import Mapping

from tests.conformance.asking import AT, Ask, call
from tests.conformance.customers_asked import CUSTOMERS_ASKED
from tests.conformance.kf_asked import KF_ASKED
from tests.conformance.mass_asked import MASS_ASKED
from tests.twin_bot import Json, Scene


async def _token(scene: Scene) -> Json:
    corp = scene.twin.stage.world.wecom[0]
    return await scene.bare("wecom", "gettoken", corpid=corp.corpid, corpsecret=corp.secret)


def _upload(path: str, **query: str) -> Ask:
    async def ask(scene: Scene) -> Json:
        return await scene.upload("wecom", path, ("a.png", b"picture"), **query)

    return ask


def _card(task_id: str) -> Json:
    return {
        "card_type": "button_interaction",
        "task_id": task_id,
        "main_title": {"title": "请看"},
        "button_list": [{"text": "好", "key": "ok"}],
    }


async def _message(scene: Scene) -> Json:
    agent = scene.twin.stage.world.wecom[0].agentid
    asked: Json = {"touser": "xiaowang|nobody", "toparty": "9", "totag": "3", "agentid": agent}
    card: Json = {"msgtype": "template_card", "template_card": _card("t1")}
    return await scene.call("wecom", "message/send", {**asked, **card})


async def _card_changed(scene: Scene) -> Json:
    agent = scene.twin.stage.world.wecom[0].agentid
    code = (await _message(scene))["response_code"]
    asked: Json = {"agentid": agent, "response_code": code, "userids": ["xiaowang", "nobody"]}
    button: Json = {"button": {"replace_name": "看过"}}
    return await scene.call("wecom", "message/update_template_card", {**asked, **button})


ASKED: Mapping[str, Ask] = {
    "gettoken": _token,
    "agent/get": call("agent/get", agentid="1000002"),
    "user/get": call("user/get", userid="xiaowang"),
    "getcallbackip": call("getcallbackip"),
    "get_api_domain_ip": call("get_api_domain_ip"),
    "media/upload": _upload("media/upload", type="image"),
    "media/uploadimg": _upload("media/uploadimg"),
    "message/send": _message,
    "message/update_template_card": _card_changed,
    **{f"{AT}/{path}": ask for path, ask in {**CUSTOMERS_ASKED, **MASS_ASKED}.items()},
    **KF_ASKED,
}
