"""Service notices against the twin: sent once, reported, agreed to, reminded of, called off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_shop import TwinShop, twin_shop

SEND = "/cgi-bin/message/template/send"
EXPIRY = "TwinTmplExpiry00000000000000000000000000000"
ARRIVAL = "TwinTmplArrival0000000000000000000000000000"
NOTICES = f"""
- id: points
  kind: template
  template: {EXPIRY}
  fields: {{thing1: "{{store_name|门店}}积分", time2: 2026-11-01 08:00, number3: "1"}}
- id: arrival
  kind: subscription
  template: {ARRIVAL}
  fields: {{thing1: 猫粮, thing2: "{{store_name|门店}}", time3: 2026-11-01 08:00}}
- id: expiring
  kind: template
  template: {EXPIRY}
  fields: {{thing1: "{{campaign_name}}", time2: "{{expires}}", number3: "1"}}
  url: "{{coupon_url}}"
"""
RULES = """
- id: points
  say: 查积分
  priority: 99
  do: [{notify: points}]
  cases: [{text: 查积分, hit: true}, {text: 领券, hit: false}]
- id: arrival
  say: 到货了吗
  priority: 99
  do: [{notify: arrival}]
  cases: [{text: 到货了吗, hit: true}, {text: 领券, hit: false}]
"""
REMIND = 'remind: {notice: expiring, before: 1d, hour: "10:00"}\n'


def furnish(home: Path) -> None:
    (home / "notices").mkdir(exist_ok=True)
    (home / "notices" / "own.yaml").write_text(NOTICES, "utf-8")
    (home / "rules" / "notices.yaml").write_text(RULES, "utf-8")
    newcomer = home / "campaigns" / "newcomer.yaml"
    newcomer.write_text(f"{newcomer.read_text('utf-8').rstrip()}\n{REMIND}", "utf-8")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[TwinShop]:
    async with twin_shop(tmp_path, furnish) as one:
        await one.scene.control("settings", {"job_s": 0})
        yield one


async def effects(shop: TwinShop, kind: str) -> list[tuple[str, int, str]]:
    """Return state, tries and meaning of the effects of one kind."""
    sql = f"SELECT state, attempts, meaning FROM effect WHERE kind = '{kind}' ORDER BY id"  # noqa: S608  # ours
    return [(row["state"], row["attempts"], row["meaning"]) for row in await shop.rows(sql)]


async def until(shop: TwinShop, sql: str, wanted: object) -> None:
    """Wait up to 5 s until the only value of a query is as wanted."""
    found = None
    for _ in range(250):
        rows = await shop.rows(sql)
        found = rows[0]["v"] if rows else None
        if found == wanted:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{sql}: {found}")


async def reported(shop: TwinShop, kind: str, times: int = 1) -> None:
    """Wait until so many reports of a kind were decided."""
    sql = f"SELECT count(*) AS v FROM inbox WHERE kind = '{kind}' AND state = 'done'"  # noqa: S608  # ours
    await until(shop, sql, times)


async def notices_on(shop: TwinShop, who: str, via: str) -> list[str]:
    return [str(one["text"]) for one in await shop.scene.phone(who) if one["via"] == via]


async def clean(shop: TwinShop) -> None:
    """Nothing lost, nothing doubled, nothing from nowhere, by the twin's own book."""
    told = await shop.audited("甲")
    assert (told.lost, told.doubled, told.ghosts, told.wrong) == ((), (), (), ())


async def test_a_rule_sends_a_follower_a_template_message_that_is_reported(shop: TwinShop) -> None:
    await shop.act("follow", "甲")
    await shop.act("type", "甲", text="查积分")
    await shop.settled()
    await reported(shop, "event.TEMPLATESENDJOBFINISH")
    assert len(await notices_on(shop, "甲", "template")) == 1
    assert [state for state, _, _ in await effects(shop, "oa_template")] == ["done"]
    await clean(shop)


async def test_an_answer_that_was_cut_off_leads_to_one_message_on_the_phone(
    shop: TwinShop,
) -> None:
    await shop.act("follow", "甲")
    await shop.scene.control("faults", {"host": "oa", "path": SEND, "kind": "reset_after"})
    await shop.act("type", "甲", text="查积分")
    await shop.settled()
    await reported(shop, "event.TEMPLATESENDJOBFINISH")
    assert len(await notices_on(shop, "甲", "template")) == 1
    assert [one[:2] for one in await effects(shop, "oa_template")] == [("done", 2)]
    await clean(shop)


async def test_who_refuses_notices_is_shown_to_operators(shop: TwinShop) -> None:
    await shop.act("follow", "甲")
    await shop.act("refuse_notices", "甲")
    await shop.act("type", "甲", text="查积分")
    await shop.settled()
    await reported(shop, "event.TEMPLATESENDJOBFINISH")
    (row,) = await shop.rows("SELECT text FROM notice WHERE name LIKE 'notice-failed:%'")
    assert "通知 points 今天有没送达的" in row["text"]
    assert "拒收" in row["text"]


async def test_one_consent_brings_one_subscription_and_without_one_nothing_is_tried(
    shop: TwinShop,
) -> None:
    await shop.act("follow", "甲")
    await shop.act("type", "甲", text="到货了吗")
    await shop.settled()
    assert await effects(shop, "oa_subscription") == []

    await shop.act("consent", "甲", accept=[ARRIVAL])
    await shop.settled()
    await shop.act("type", "甲", text="到货了吗")
    await shop.act("type", "甲", text="到货了吗？")
    await shop.settled()
    await reported(shop, "event.subscribe_msg_sent_event")
    assert await effects(shop, "oa_subscription") == [("done", 1, "已送达")]
    assert len(await notices_on(shop, "甲", "subscription")) == 1
    traces = await shop.rows("SELECT body FROM trace WHERE body LIKE '%没有可用的订阅次数%'")
    assert len(traces) == 2
    await clean(shop)


async def test_a_reminder_that_waits_for_its_day_is_nothing_lost(shop: TwinShop) -> None:
    await shop.act("follow", "甲")
    await shop.act("type", "甲", text="领券")
    waiting = "SELECT count(*) AS v FROM effect WHERE kind = 'oa_template' AND state = 'ready'"
    await until(shop, waiting, 1)
    others = "SELECT count(*) AS v FROM effect WHERE kind <> 'oa_template' AND state <> 'done'"
    await until(shop, others, 0)
    await clean(shop)
