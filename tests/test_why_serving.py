"""`why` on a home that is being served: what is decided is told, however late it came."""

from pathlib import Path

import pytest

from bot.clock import moment
from bot.events import Alias, AliasKind, KfSaid
from tests.homes import OPENED_S, command, oa_event, oa_text, served_home


async def test_a_story_can_be_told_while_the_home_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await rooms.accept(oa_text("oAda", "领券", 1))
        before = command(capsys, "why", "oAda", "--home", tmp_path)
        await rooms.hear(oa_text("oAda", "领券", 1))
        after = command(capsys, "why", "oAda", "--home", tmp_path)
    assert (before.code, after.code) == (1, 0)
    assert "进行中" in after.out


async def test_an_event_that_arrived_late_stands_where_it_belongs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        rooms.clock.follow(120)
        await rooms.hear(oa_text("oAda", "营业时间", 1, OPENED_S + 120))
        await rooms.hear(oa_event("oAda", "subscribe"))
        told = command(capsys, "why", "oAda", "--home", tmp_path)
    followed, _, rest = told.out.partition("120 秒后才处理")
    assert "关注公众号" in followed
    assert "说「营业时间」" in rest


async def test_what_a_customer_typed_cannot_drive_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await rooms.hear(oa_text("oAda", "看\u009b2J这\u202e里", 1))
        told = command(capsys, "why", "oAda", "--home", tmp_path)
    assert "说「看�2J这里」" in told.out


async def test_a_silence_in_customer_service_is_told_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = KfSaid(
        account="wecom-main",
        at=moment(int(OPENED_S - 3600) * 1_000_000),
        who=Alias(AliasKind.EXTERNAL_USERID, "wwfa1e00000000demo", "wmAda"),
        kf="wk1",
        msg_id="m1",
        text="收不收二手冰箱",
    )
    async with served_home(tmp_path) as rooms:
        await rooms.tell(said)
        told = command(capsys, "why", "wmAda", "--home", tmp_path)
    assert "没有自动回复：消息太旧" in told.out
    assert "走兜底" not in told.out
