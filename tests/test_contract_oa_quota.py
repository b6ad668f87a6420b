"""Quotas and refusals, asked about by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.call import ask, sent
from bot.platforms.checks import Unfit
from bot.platforms.codes import rid_of
from bot.platforms.oa.api.followers import ListFollowers, ReadFollower
from bot.platforms.oa.api.quota import (
    ClearApiQuota,
    ClearQuota,
    ClearQuotaBySecret,
    ExplainRefusal,
    ReadQuota,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_an_apis_day_is_counted_and_begins_anew(scene: Scene) -> None:
    quota = ReadQuota(path=ListFollowers.api)
    async with way_out(scene, "oa") as port:
        await ask(port, ListFollowers())
        used = await ask(port, quota)
        assert (await ask(port, ClearApiQuota(path=ListFollowers.api))).done
        anew = await ask(port, quota)
    assert used.value is not None and anew.value is not None
    assert (used.value.daily, used.value.used, used.value.left) == (500, 1, 499)
    assert used.value.burst and used.value.burst_s
    assert anew.value.used == 0


async def test_every_api_begins_anew_ten_times_a_month(scene: Scene) -> None:
    oa = scene.twin.stage.world.oa[0]
    by_secret = ClearQuotaBySecret(appid=oa.appid, secret=oa.secret)
    async with way_out(scene, "oa") as port:
        for _ in range(9):
            assert (await ask(port, ClearQuota(appid=oa.appid))).done
        assert (await sent(port.wire, by_secret)).code == 0
        over = await ask(port, ClearQuota(appid=oa.appid))
        wrong = await sent(port.wire, ClearQuotaBySecret(appid=oa.appid, secret="no"))
        strange = await ask(port, ClearQuota(appid="wxnobody"))
    assert (over.receipt.code, wrong.code, strange.receipt.code) == (48006, 40125, 40013)


async def test_a_path_that_is_none_is_found_before_and_by_the_platform(scene: Scene) -> None:
    with pytest.raises(Unfit):
        ReadQuota(path="https://api.weixin.qq.com/cgi-bin/user/get")
    with pytest.raises(Unfit):
        ClearApiQuota(path="cgi-bin/user/get")
    async with way_out(scene, "oa") as port:
        told = await ask(port, ReadQuota(path="/sns/userinfo"))
    assert told.receipt.code == 76022


async def test_a_refusal_is_explained_by_the_number_in_its_receipt(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        answer = await port.call("GET", ReadFollower.api, None, openid="nobody")
        receipt = (await ask(port, ReadFollower(openid="nobody"))).receipt
        told = await ask(port, ExplainRefusal(rid=rid_of(answer.errmsg)))
        unknown = await ask(port, ExplainRefusal(rid="5f283869-46321ea1-07d7260c"))
        await scene.control("clock", {"jump_s": 7 * 24 * 3600 + 1})
        late = await ask(port, ExplainRefusal(rid=rid_of(answer.errmsg)))
    assert receipt.meaning.endswith("）") and "（rid " in receipt.meaning
    assert told.value is not None
    assert ReadFollower.api in told.value.url and "40003" in told.value.answered
    assert told.value.ip and told.value.at
    assert (unknown.receipt.code, late.receipt.code) == (76001, 76004)
