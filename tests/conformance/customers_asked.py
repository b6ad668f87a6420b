"""For the APIs about customers, codes and groups, the calls with the fullest answers."""

from collections.abc import Mapping

from tests.conformance.asking import AT, TEXT, Ask, call, customers, labels
from tests.twin_bot import Json, Scene

PETS = "wrPETS_S012_1"


async def _customer(scene: Scene) -> Json:
    pair, _ = await customers(scene)
    return await scene.call("wecom", f"{AT}/get", external_userid=str(pair["external_userid"]))


async def _ids(scene: Scene) -> Json:
    await customers(scene)
    return await scene.call("wecom", f"{AT}/list", userid="xiaowang")


async def _details(scene: Scene) -> Json:
    await customers(scene)
    asked: Json = {"userid_list": ["xiaowang"], "limit": 1}
    return await scene.call("wecom", f"{AT}/batch/get_by_user", asked)


async def _marked(scene: Scene) -> Json:
    pair, tag = await customers(scene)
    return await scene.call("wecom", f"{AT}/mark_tag", {**pair, "remove_tag": [tag]})


async def _edited_label(scene: Scene) -> Json:
    _, tag = await customers(scene)
    return await scene.call("wecom", f"{AT}/edit_corp_tag", {"id": tag, "name": "狗"})


async def _deleted_label(scene: Scene) -> Json:
    _, tag = await customers(scene)
    return await scene.call("wecom", f"{AT}/del_corp_tag", {"tag_id": [tag]})


async def _listed_labels(scene: Scene) -> Json:
    await labels(scene)
    return await scene.call("wecom", f"{AT}/get_corp_tag_list", {})


async def _served(scene: Scene) -> Json:
    await customers(scene)
    await scene.do("join_group", "甲", chat_id=PETS)
    return await scene.call("wecom", f"{AT}/contact_list", {})


async def _by_unionid(scene: Scene) -> Json:
    await customers(scene)
    person = scene.twin.stage.crowd.person("甲")
    assert person is not None
    asked: Json = {"unionid": person.unionid, "openid": scene.openid("甲")}
    return await scene.call("wecom", f"{AT}/unionid_to_external_userid", asked)


async def _by_opengid(scene: Scene) -> Json:
    asked: Json = {"opengid": scene.twin.stage.groups.opengid(PETS)}
    return await scene.call("wecom", f"{AT}/opengid_to_chatid", asked)


async def _welcomed(scene: Scene) -> Json:
    told = await scene.do("add_contact", "甲", staff="xiaowang")
    happening = scene.twin.stage.happenings[-1]
    assert happening.id == told["happening"]
    code = happening.inner.partition("<WelcomeCode><![CDATA[")[2].partition("]]>")[0]
    asked: Json = {"welcome_code": code, "text": TEXT}
    return await scene.call("wecom", f"{AT}/send_welcome_msg", asked)


async def _way(scene: Scene) -> Json:
    asked: Json = {"type": 1, "scene": 2, "user": ["xiaowang"], "state": "spring"}
    conclusions: Json = {"text": TEXT, "image": {"media_id": await scene.media_id()}}
    asked |= {"is_temp": True, "conclusions": conclusions}
    return await scene.call("wecom", f"{AT}/add_contact_way", asked)


def _of_way(path: str, **rest: object) -> Ask:
    async def ask(scene: Scene) -> Json:
        config = (await _way(scene))["config_id"]
        return await scene.call("wecom", f"{AT}/{path}", {"config_id": config, **rest})

    return ask


async def _join_way(scene: Scene) -> Json:
    asked: Json = {"scene": 2, "chat_id_list": [PETS], "state": "s", "room_base_name": "宠物群"}
    return await scene.call("wecom", f"{AT}/groupchat/add_join_way", asked)


async def _read_join_way(scene: Scene) -> Json:
    config = (await _join_way(scene))["config_id"]
    return await scene.call("wecom", f"{AT}/groupchat/get_join_way", {"config_id": config})


async def _group(scene: Scene) -> Json:
    config = (await _join_way(scene))["config_id"]
    await scene.do("join_group", "甲", config_id=config)
    await scene.do("join_group", "乙", chat_id=PETS, invited_by="xiaowang")
    asked: Json = {"chat_id": PETS, "need_name": 1}
    return await scene.call("wecom", f"{AT}/groupchat/get", asked)


async def _template(scene: Scene) -> Json:
    asked: Json = {"text": TEXT, "image": {"media_id": await scene.media_id()}}
    return await scene.call("wecom", f"{AT}/group_welcome_template/add", asked)


def _of_template(path: str, **rest: object) -> Ask:
    async def ask(scene: Scene) -> Json:
        template = (await _template(scene))["template_id"]
        asked: Json = {"template_id": template, **rest}
        return await scene.call("wecom", f"{AT}/group_welcome_template/{path}", asked)

    return ask


CUSTOMERS_ASKED: Mapping[str, Ask] = {
    "get": _customer,
    "list": _ids,
    "batch/get_by_user": _details,
    "get_follow_user_list": call(f"{AT}/get_follow_user_list"),
    "contact_list": _served,
    "unionid_to_external_userid": _by_unionid,
    "opengid_to_chatid": _by_opengid,
    "send_welcome_msg": _welcomed,
    "mark_tag": _marked,
    "add_corp_tag": labels,
    "edit_corp_tag": _edited_label,
    "del_corp_tag": _deleted_label,
    "get_corp_tag_list": _listed_labels,
    "add_contact_way": _way,
    "get_contact_way": _of_way("get_contact_way"),
    "update_contact_way": _of_way("update_contact_way", remark="春"),
    "del_contact_way": _of_way("del_contact_way"),
    "list_contact_way": call(f"{AT}/list_contact_way", {"limit": 1}),
    "groupchat/list": call(f"{AT}/groupchat/list", {"limit": 1}),
    "groupchat/get": _group,
    "groupchat/add_join_way": _join_way,
    "groupchat/get_join_way": _read_join_way,
    "group_welcome_template/add": _template,
    "group_welcome_template/get": _of_template("get"),
    "group_welcome_template/edit": _of_template("edit", text=TEXT),
    "group_welcome_template/del": _of_template("del"),
}
