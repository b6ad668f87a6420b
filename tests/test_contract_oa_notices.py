"""The calls that send service notices, made by our client to the twin."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import Told, ask
from bot.platforms.oa.api.notices import DeliverOnce, DeliverSubscription, DeliverTemplate
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

EXPIRY = "TwinTmplExpiry00000000000000000000000000000"
ARRIVAL = "TwinTmplArrival0000000000000000000000000000"
SINGLE = "TwinTmplOnce0000000000000000000000000000000"
FIELDS = (("thing1", "满 30 减 5"), ("time2", "2026年11月30日 23:59"), ("number3", "1"))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        await one.do("follow", "甲")
        yield one


def template(scene: Scene, who: str = "甲") -> DeliverTemplate:
    return DeliverTemplate(
        openid=scene.openid(who), template=EXPIRY, fields=FIELDS, key="a" * 32,
        url="https://shop.example/c/1",
    )  # fmt: skip


def subscription(scene: Scene) -> DeliverSubscription:
    fields = (("thing1", "猫粮"), ("thing2", "良渚店"), ("time3", "2026年11月30日 08:00"))
    return DeliverSubscription(
        openid=scene.openid("甲"), template=ARRIVAL, fields=fields, page="https://shop.example/p"
    )


def once(scene: Scene) -> DeliverOnce:
    return DeliverOnce(
        openid=scene.openid("甲"), template=SINGLE, fields=(("content", "到货了"),),
        title="到货提醒", scene=7,
    )  # fmt: skip


def refused(told: Told[str], code: int) -> bool:
    return (told.receipt.state, told.receipt.code) == (State.FAILED, code)


async def test_a_template_message_is_named_and_its_key_sends_it_once(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        first = await ask(port, template(scene))
        again = await ask(port, template(scene))
        other = await ask(port, replace(template(scene), key="b" * 32))
    assert first.done and first.value
    assert again.value == first.value != other.value
    assert len(await scene.phone("甲")) == 2


async def test_a_template_message_to_nobody_of_no_template_or_unfit_is_refused(
    scene: Scene,
) -> None:
    sound = template(scene)
    async with way_out(scene, "oa") as port:
        assert refused(await ask(port, template(scene, "乙")), 43004)
        assert refused(await ask(port, replace(sound, openid="oNOBODY")), 40003)
        assert refused(await ask(port, replace(sound, template="x")), 40037)
        long = replace(sound, fields=(("thing1", "长" * 21), *FIELDS[1:]))
        assert refused(await ask(port, long), 47003)
    assert await scene.phone("甲") == []


async def test_whom_the_account_banned_gets_none(scene: Scene) -> None:
    banned = {"openid_list": [scene.openid("甲")]}
    await scene.call("oa", "tags/members/batchblacklist", banned)
    async with way_out(scene, "oa") as port:
        assert refused(await ask(port, template(scene)), 43019)


async def test_of_an_address_and_a_mini_program_the_mini_program_opens(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        mini = replace(template(scene), appid="wx00000000000000aa", page="pages/coupon?id=1")
        assert (await ask(port, mini)).done
    (seen,) = await scene.phone("甲")
    assert "pages/coupon?id=1" in str(seen["attachments"])
    assert "https://shop.example" not in str(seen["attachments"])


async def test_a_consent_sends_one_subscription_notice(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        assert refused(await ask(port, subscription(scene)), 43101)
        await scene.do("consent", "甲", accept=[ARRIVAL])
        assert (await ask(port, subscription(scene))).done
        assert refused(await ask(port, subscription(scene)), 43101)
        unknown = replace(subscription(scene), template="x")
        assert refused(await ask(port, unknown), 40037)
    (seen,) = await scene.phone("甲")
    assert "猫粮" in str(seen["text"])


async def test_a_one_time_notice_goes_to_whoever_agreed_follower_or_not(scene: Scene) -> None:
    await scene.do("unfollow", "甲")
    async with way_out(scene, "oa") as port:
        assert refused(await ask(port, once(scene)), 43101)
        await scene.do("consent_once", "甲", template=SINGLE, scene=7)
        assert refused(await ask(port, replace(once(scene), scene=8)), 43101)
        assert refused(await ask(port, replace(once(scene), title="长" * 16)), 47003)
        assert (await ask(port, once(scene))).done
        assert refused(await ask(port, once(scene)), 43101)
