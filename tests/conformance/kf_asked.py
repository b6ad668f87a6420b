"""For each 微信客服 API, the call that makes the twin's answer as full as it can be."""

from collections.abc import Mapping

from tests.conformance.asking import Ask
from tests.twin_bot import Json, Scene
from tests.twin_kf import KF, about, post, spoken, words


def _call(path: str, **asked: object) -> Ask:
    async def ask(scene: Scene) -> Json:
        return await post(scene, f"kf/{path}", {"open_kfid": KF, **asked})

    return ask


async def _sent(scene: Scene) -> Json:
    await spoken(scene)
    return await post(scene, "kf/send_msg", words(scene))


async def _sent_on_event(scene: Scene) -> Json:
    code = (await scene.do("enter_kf", "甲"))["welcome_code"]
    asked: Json = {"code": code, "msgtype": "text", "text": {"content": "您好"}}
    return await post(scene, "kf/send_msg_on_event", asked)


async def _read(scene: Scene) -> Json:
    await spoken(scene)
    await scene.do("kf_recall", "甲")
    return await post(scene, "kf/sync_msg", {"open_kfid": KF})


async def _customers(scene: Scene) -> Json:
    await scene.do("enter_kf", "甲", scene="poster-S012-kf", scene_param="a")
    await scene.do("kf_type", "甲", text="在吗")
    ids = [scene.external("甲"), "wmNOBODY"]
    asked: Json = {"external_userid_list": ids, "need_enter_session_context": 1}
    return await post(scene, "kf/customer/batchget", asked)


async def _range(scene: Scene) -> Json:
    return await scene.call("wecom", "kf/customer/get_upgrade_service_config")


async def _state(scene: Scene) -> Json:
    await spoken(scene)
    return await post(scene, "kf/service_state/get", about(scene))


async def _changed(scene: Scene) -> Json:
    await spoken(scene)
    return await post(scene, "kf/service_state/trans", about(scene, service_state=2))


async def _servicers(scene: Scene) -> Json:
    await _call("servicer/add", department_id_list=[1])(scene)
    return await scene.call("wecom", "kf/servicer/list", open_kfid=KF)


KF_ASKED: Mapping[str, Ask] = {
    f"kf/{path}": ask
    for path, ask in {
        "account/list": _call("account/list"),
        "account/add": _call("account/add", name="客服"),
        "add_contact_way": _call("add_contact_way", scene="door"),
        "servicer/add": _call("servicer/add", userid_list=["xiaoli", "nobody"]),
        "servicer/del": _call("servicer/del", userid_list=["xiaowang"]),
        "servicer/list": _servicers,
        "send_msg": _sent,
        "send_msg_on_event": _sent_on_event,
        "sync_msg": _read,
        "customer/batchget": _customers,
        "customer/get_upgrade_service_config": _range,
        "service_state/get": _state,
        "service_state/trans": _changed,
    }.items()
}
