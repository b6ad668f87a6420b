"""The auditor compares callbacks with the inbox: lost, swallowed, doubled, made up, undecided."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import WelcomeContact
from tests.audited import Scene, reply, scene, send, typed

CONTACT = "/cgi-bin/externalcontact"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """An empty book beside an empty database."""
    async with scene(tmp_path) as opened:
        yield opened


async def test_an_honest_day_has_no_findings(stage: Scene) -> None:
    """One answer inside the response, one message, one welcome; everything on both sides once."""
    happening, row = await stage.says("领券")
    stage.shows("好的", happening=happening)
    await stage.owe(reply("好的"), row, inside=True)
    await stage.run("UPDATE effect SET state = 'done'")
    await stage.owe(send("再见"), row)
    await stage.owe(WelcomeContact(account="corp", code="WC", text="你好"), row)
    await stage.perform()
    stage.sent("再见")
    stage.called(f"{CONTACT}/send_welcome_msg", args={"welcome_code": "WC"})
    found = await stage.judged()
    assert found.ok, found.explain()
    assert found.last_line == "book: sent 1, answered 1, asked 2; lost 0, doubled 0, unknown 0"


async def test_a_callback_that_was_answered_and_not_kept_is_lost(stage: Scene) -> None:
    """Nobody counted a repeat, so it was not the dedupe key: somebody else answered."""
    stage.delivers(stage.happens(typed("领劵", 1)))
    found = await stage.judged()
    assert not found.ok
    (line,) = found.explain()
    assert line == (
        "丢失：回调 H000001（甲「领劵」）应当在收件箱里有一行（它被应答了 200），实际没有；"
        "嫌疑：应答者不是店小二"
    )


async def test_a_callback_that_the_dedupe_key_swallowed_is_lost_and_the_key_is_blamed(
    stage: Scene,
) -> None:
    """The first row counted a repeat that the platform never sent."""
    for number in (1, 2):
        inner = typed("领券", number)
        stage.delivers(stage.happens(inner))
        await stage.accept(inner, dedupe="always the same", decided=number == 1)
    found = await stage.judged()
    assert ["去重键" in one.culprit for one in found.lost] == [True]


async def test_the_key_is_blamed_too_when_an_event_of_the_bots_own_took_the_callbacks_place(
    stage: Scene,
) -> None:
    """It was there first, and every callback counted as its repeat."""
    await stage.accept(typed("领券", 1), dedupe="always the same")
    await stage.run("UPDATE inbox SET source = 'internal', kind = 'GroupCreated'")
    for number in (1, 2):
        stage.delivers(stage.happens(typed("领券", number)))
        await stage.accept(typed("领券", number), dedupe="always the same", decided=False)
    found = await stage.judged()
    assert ["去重键" in one.culprit for one in found.lost] == [True, True]


async def test_a_callback_kept_twice_is_doubled(stage: Scene) -> None:
    """As by a dedupe key that is different each time."""
    inner = typed("领券", 1)
    happening = stage.happens(inner)
    for number in (1, 2):
        stage.delivers(happening)
        await stage.accept(inner, dedupe=f"by the clock {number}")
    found = await stage.judged()
    assert ["去重键" in one.culprit for one in found.doubled] == [True]


async def test_a_redelivered_callback_is_no_finding(stage: Scene) -> None:
    """Three deliveries, the first unanswered, one row."""
    inner = typed("领券", 1)
    happening = stage.happens(inner)
    await stage.accept(inner, decided=False)
    for trouble in ("timeout", "", ""):
        stage.delivers(happening, trouble=trouble)
    await stage.accept(inner)
    assert (await stage.judged()).ok


async def test_a_row_nobody_sent_is_a_ghost(stage: Scene) -> None:
    """Somebody has the keys of the account."""
    await stage.accept(typed("领券", 1))
    found = await stage.judged()
    assert found.last_line.endswith("lost 0, doubled 0, unknown 0, ghost 1")


async def test_a_callback_given_up_by_the_platform_is_wrong(stage: Scene) -> None:
    """It is not lost after a 200, and still nobody heard the customer."""
    stage.delivers(stage.happens(typed("领券", 1)), trouble="ClientOSError")
    found = await stage.judged()
    assert ["ClientOSError" in one.found for one in found.wrong] == [True]


async def test_a_delivery_the_twin_lost_on_purpose_is_no_finding(stage: Scene) -> None:
    """It is a fault of the script, not of the bot."""
    stage.delivers(stage.happens(typed("领券", 1)), trouble="lost")
    assert (await stage.judged()).ok


async def test_a_row_that_was_never_decided_is_lost(stage: Scene) -> None:
    """The error that stopped it is told."""
    inner = typed("领券", 1)
    stage.delivers(stage.happens(inner))
    await stage.accept(inner, decided=False)
    await stage.run("UPDATE inbox SET attempts = 2, error = 'OperationalError: no index'")
    (finding,) = (await stage.judged()).lost
    assert "OperationalError: no index" in finding.line()


async def test_a_row_whose_handler_always_fails_is_wrong(stage: Scene) -> None:
    """Quarantine is for what cannot be read; a fault of ours must be seen."""
    await stage.says("领券")
    await stage.run("UPDATE inbox SET state = 'quarantined', attempts = 5, error = 'KeyError'")
    assert ["KeyError" in one.found for one in (await stage.judged()).wrong] == [True]


async def test_the_fault_text_on_a_phone_is_wrong(stage: Scene) -> None:
    """The callback was answered, but in a shape the platform could not show."""
    happening, _ = await stage.says("领券")
    stage.shows("该公众号提供的服务出现故障", via="fault", happening=happening)
    assert ["服务出现故障" in one.found for one in (await stage.judged()).wrong] == [True]
