"""The auditor judges a story in which somebody was erased: even, and still not to be fooled."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Remote, Send
from bot.db.erasing import Erasing
from bot.erasure import erase_member
from tests.audited import OPENID, Scene, reply, scene, send, us
from tests.rooms import INSTANCE_KEY

PERSON, AGAIN, BO = "01ADA", "01ADB", "oBO"
ALIAS = "INSERT INTO alias(digest, kind, scope, value, person_id) VALUES(?,?,?,?,?)"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """Ada and Bo each said something and were answered, Ada twice; then she was erased."""
    async with scene(tmp_path) as opened:
        await known(opened, PERSON, OPENID)
        await talk(opened, 1, "领券", "您的券码 AB")
        await talk(opened, 2, "谢谢", "不客气")
        await known(opened, "01BO", BO)
        await talk(opened, 3, "谢谢", "不客气", ("01BO", BO))
        yield opened


async def known(stage: Scene, person: str, openid: str) -> None:
    await stage.run("INSERT INTO person(id, created_us) VALUES(?,?)", person, us(0))
    await stage.run(ALIAS, f"{person}{openid}", "oa_openid", "wx", openid, person)


async def talk(
    stage: Scene, number: int, said: str, told: str, whose: tuple[str, str] = (PERSON, OPENID)
) -> None:
    """One exchange, all of it in the book and in the tables."""
    person, openid = whose
    who = "甲" if openid == OPENID else "乙"
    _, row = await stage.says(said, number, who, openid)
    await stage.run("UPDATE inbox SET person_id = ? WHERE id = ?", person, row)
    await owe(stage, send(told, openid), row, person)
    await stage.perform(at=number)
    stage.sent(told, at=number, openid=openid)


async def owe(stage: Scene, action: Remote, row: int, person: str) -> None:
    await stage.owe(action, row)
    await stage.run("UPDATE effect SET person_id = ? WHERE inbox_id = ?", person, row)


async def erase(stage: Scene) -> None:
    wish = Erasing(person=PERSON, instance_key=INSTANCE_KEY, now_us=us(50))
    await erase_member(stage.db, wish, patience_s=0)


async def test_a_story_with_an_erasure_in_the_middle_is_even(stage: Scene) -> None:
    await erase(stage)
    assert not await stage.db.read(lambda tx: tx.all("SELECT 1 FROM alias WHERE value = ?", OPENID))
    await known(stage, AGAIN, OPENID)
    await talk(stage, 4, "我又来了", "欢迎", (AGAIN, OPENID))
    found = await stage.judged()
    assert found.ok, found.explain()
    assert found.last_line.endswith("lost 0, doubled 0, unknown 0")


async def test_an_answer_inside_a_response_is_even_after_an_erasure(stage: Scene) -> None:
    happening, row = await stage.says("营业时间", 7)
    await stage.run("UPDATE inbox SET person_id = ? WHERE id = ?", PERSON, row)
    stage.shows("7 点", happening=happening)
    await stage.owe(reply("7 点"), row, inside=True)
    await stage.run(
        "UPDATE effect SET state = 'done', person_id = ? WHERE state = 'sending'", PERSON
    )
    await erase(stage)
    found = await stage.judged()
    assert found.ok, found.explain()


async def test_a_message_doubled_to_an_erased_member_is_seen(stage: Scene) -> None:
    stage.sent("不客气", at=9)
    await erase(stage)
    found = await stage.judged()
    assert not found.ok
    assert found.doubled or found.ghosts


async def test_a_message_that_never_arrived_at_an_erased_member_is_lost(stage: Scene) -> None:
    _, row = await stage.says("在吗", 8)
    await stage.run("UPDATE inbox SET person_id = ? WHERE id = ?", PERSON, row)
    await owe(stage, Send(account="oa", openid=OPENID, text="在的"), row, PERSON)
    await stage.perform(at=8)
    await erase(stage)
    found = await stage.judged()
    assert len(found.lost) == 1, found.explain()


async def test_a_callback_lost_before_the_erasure_is_still_lost(stage: Scene) -> None:
    await stage.run("DELETE FROM inbox WHERE id = (SELECT max(id) FROM inbox WHERE person_id = ?)",
                    PERSON)  # fmt: skip
    await erase(stage)
    found = await stage.judged()
    assert found.lost, found.explain()
