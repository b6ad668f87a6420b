"""Every word of a script, played on a running twin with a tiny bot."""

from pathlib import Path

from tests.script_stage import echoing, passes, played
from tests.twin_bot import on_stage
from twin.control import ACTS, WIRE_ACTS
from twin.scripts.verbs import ACT_FIELDS, CHANNELS, NOBODY, VERBS


def test_every_act_of_the_control_listener_can_stand_in_a_script() -> None:
    assert ACT_FIELDS.keys() == {**ACTS, **WIRE_ACTS}.keys()
    assert set(NOBODY) <= ACT_FIELDS.keys()
    assert set(CHANNELS) >= {"oa", "kf", "contact", "group"}
    assert {"scan", "add", "type", "tap", "join", "leave", "pay"} <= VERBS.keys()
    assert {"confirm", "wait", "clock", "fault", "expect"} <= VERBS.keys()


async def test_a_scan_leads_to_what_the_code_stands_for(tmp_path: Path) -> None:
    acts = await passes(
        tmp_path,
        """
        - {who: 甲, scan: poster-S012-door}
        - {who: 甲, scan: staff-xiaowang-S012}
        - {who: 甲, scan: poster-S012-kf}
        - {who: 甲, scan: 良渚店邻居群}
        - {expect: {contact: {who: 甲, staff: [xiaowang], groups: [wrNEAR_S012_1]}}}
        """,
    )
    assert acts == ["subscribe", "add_external_contact", "enter_kf", "join_group"]


async def test_words_go_where_they_are_typed_to(tmp_path: Path) -> None:
    acts = await passes(
        tmp_path,
        """
        - {who: 甲, follow: {}}
        - {who: 甲, type: 公众号好}
        - {who: 甲, expect: {sees: 听到 公众号好, on: oa, times: 1}}
        - {who: 甲, enter_kf: {}}
        - {who: 甲, type: 客服好}
        - {who: 甲, type: 公众号又好, to: oa-main}
        - {who: 甲, type: 还是公众号}
        - {who: 甲, expect: {sees: 还是公众号, on: oa}}
        - {who: 甲, type: 客服又好, to: wkYIDIAN_S012}
        - {who: 甲, add: 小王}
        - {who: 甲, type: 小王好, to: 小王}
        - {who: 小王, expect: {sees: 小王好, on: contact}}
        - {who: 甲, join: 良渚店邻居群}
        - {who: 甲, type: 邻居好, to: 良渚店邻居群}
        - {who: 小王, expect: {sees: 邻居好, on: group}}
        - {who: 小王, type: 应用好, to: app}
        - {who: 小王, type: 机器人好, to: bot}
        - {who: 小王, type: 群里好, to: 良渚店店员群}
        - {who: 小王, type: 邻居们好, to: 良渚店邻居群}
        - {who: 甲, expect: {sees: 邻居们好, on: group}}
        """,
    )
    assert acts.count("kf_type") == 2
    assert acts.count("type") == 3
    assert {"app_type", "ask_bot", "mention_bot"} <= set(acts)


async def test_an_employee_and_a_customer_talk_in_customer_service(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as scene:
        echoing(scene)
        went = await played(scene, tmp_path, "- {who: 丁, scan: poster-S012-kf}\n"
                            "- {who: 丁, type: 人工}\n")  # fmt: skip
        assert went.failure is None
        ids = {"open_kfid": "wkYIDIAN_S012", "external_userid": scene.external("丁")}
        pooled = await scene.call("wecom", "kf/service_state/trans", {**ids, "service_state": 2})
        assert pooled["errcode"] == 0
        went = await played(
            scene,
            tmp_path,
            "- {who: 丁, kf_take: {staff: 小王}}\n- {who: 小王, type: 请讲, to: 丁}\n"
            "- {who: 丁, expect: {sees: 请讲, on: kf, from: xiaowang}}\n",
        )
        assert went.failure is None, went.failure.line()


async def test_lines_of_menus_are_tapped_where_they_are_shown(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as scene:
        await played(scene, tmp_path, "- {who: 甲, follow: {}}\n- {who: 甲, type: 好}\n")
        menu = {"head_content": "选一个", "list": [{"id": "1", "content": "宠物群"}]}
        sent = await scene.call(
            "oa",
            "message/custom/send",
            {"touser": scene.openid("甲"), "msgtype": "msgmenu", "msgmenu": menu},
        )
        assert sent["errcode"] == 0
        button = {"button": [{"type": "click", "name": "我的券", "key": "my-coupons"}]}
        assert (await scene.call("oa", "menu/create", button))["errcode"] == 0
        went = await played(
            scene,
            tmp_path,
            "- {who: 甲, tap: 宠物群}\n- {who: 甲, tap: 我的券}\n"
            "- {who: 甲, tap: 没有这一项, refused: 菜单里没有}\n",
        )
        assert went.failure is None, went.failure.line()
        assert scene.bot.texts("Content")[-2:] == ["宠物群", ""]
        assert scene.bot.texts("EventKey")[-1] == "my-coupons"


async def test_leaving_adding_and_confirming(tmp_path: Path) -> None:
    acts = await passes(
        tmp_path,
        """
        - {who: 甲, add: xiaowang, half: true}
        - {who: 小王, confirm: 甲}
        - {who: 甲, add: 小王, refused: 已经是好友}
        - {who: 甲, join: 良渚店邻居群}
        - {who: 甲, join: 良渚店宠物 1 群, by: 小王}
        - {who: 甲, leave: 良渚店邻居群}
        - {expect: {contact: {who: 甲, groups: [良渚店宠物 1 群], no_groups: [良渚店邻居群]}}}
        - {who: 甲, leave: all}
        - {expect: {contact: {who: 甲, groups: [], no_groups: [良渚店宠物 1 群]}}}
        - {who: 小王, confirm: mass, refused: 没有待确认的群发}
        - {who: 小王, confirm: welcome, in: 良渚店邻居群, refused: 没有入群欢迎语}
        """,
    )
    assert acts.count("leave_group") == 2


async def test_an_invitation_is_a_card_in_customer_service(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as scene:
        await played(
            scene, tmp_path, "- {who: 丁, scan: poster-S012-kf}\n- {who: 丁, type: 进群}\n"
        )
        card = {"type": 2, "groupchat": {"chat_id": "wrNEAR_S012_1", "wording": "来"}}
        ids = {"open_kfid": "wkYIDIAN_S012", "external_userid": scene.external("丁")}
        put = await scene.call("wecom", "kf/customer/upgrade_service", {**ids, **card})
        assert put["errcode"] == 0
        went = await played(
            scene,
            tmp_path,
            "- {who: 丁, expect: {attachment: group_card, sees: 来, times: 1}}\n"
            "- {who: 丁, join: invited}\n"
            "- {expect: {contact: {who: 丁, groups: [良渚店邻居群]}}}\n"
            "- {who: 甲, join: invited, refused: 没有进群的邀请}\n",
        )
        assert went.failure is None, went.failure.line()


async def test_faults_settings_and_the_clock_are_turned(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as scene:
        went = await played(
            scene,
            tmp_path,
            """
            - {fault: {path: /cgi-bin/user/info, kind: errcode, code: 45009, times: 9}}
            - {settings: {answer_s: 1}}
            - {clock: +48h}
            - {wait: 10ms}
            - {wait: idle}
            - {expect: {book: {asked: 0, lost: 0}}}
            """,
        )
        assert went.failure is None, went.failure.line()
        assert scene.twin.stage.clock.offset_s > 172_000
        assert scene.twin.stage.settings.answer_s == 1
        assert len(scene.twin.stage.faults.told()) == 1
        assert (
            await played(scene, tmp_path, "- {fault: clear}\n- {clock: stop}\n")
        ).failure is None
        assert not scene.twin.stage.faults.told()
        assert not scene.twin.stage.clock.running
