"""The first room: only what is genuine and recent comes in, and what is genuine is never lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Refused
from bot.events import Followed, GroupGrew, TextSaid
from bot.shop import Times
from tests.callbacks import contact_added, followed, group_changed, said
from tests.rooms import Installed, Plans, installed, post_of
from tests.sealing import NONCE, TIMESTAMP, TOKEN, Post, sealed, sign

WEEK_S = 7 * 24 * 3600


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


def open_post(shop: Installed, post: Post, account: str = "oa") -> object:
    keys = shop.shop.accounts[account]
    return shop.acceptor.open(keys, post.query, post.body).event


async def states(shop: Installed) -> list[tuple[str, str]]:
    rows = await shop.rows("SELECT kind, state FROM inbox ORDER BY id")
    return [(row["kind"], row["state"]) for row in rows]


async def test_a_genuine_callback_becomes_an_event(shop: Installed) -> None:
    assert isinstance(open_post(shop, post_of(said("ada", "领券", 1))), TextSaid)
    assert isinstance(open_post(shop, post_of(followed("ada", "poster-1"))), Followed)
    grew = open_post(shop, post_of(group_changed("wr1", "m1"), "corp"), "corp")
    assert isinstance(grew, GroupGrew)
    assert grew.members == ("m1",)


@pytest.mark.parametrize("drift_s", [-WEEK_S, -300, 0, 300, WEEK_S])
async def test_a_callback_within_seven_days_is_taken(shop: Installed, drift_s: int) -> None:
    shop.hand.move(drift_s)
    assert isinstance(open_post(shop, post_of(said("ada", "领券", 1))), TextSaid)


@pytest.mark.parametrize("drift_s", [-WEEK_S - 1, WEEK_S + 1])
async def test_a_capture_older_or_newer_than_seven_days_is_refused(
    shop: Installed, drift_s: int
) -> None:
    shop.hand.move(drift_s)
    with pytest.raises(Refused, match="7 天"):
        open_post(shop, post_of(said("ada", "领券", 1)))
    assert shop.acceptor.refused == {("oa", "envelope"): 1}


async def test_refusals_are_counted_by_account_and_step(shop: Installed) -> None:
    genuine = post_of(said("ada", "领券", 1))
    for broken in (
        Post(encrypt=genuine.encrypt, signature="0" * 40),
        Post(encrypt=genuine.encrypt, signature="0" * 40),
        Post(encrypt=genuine.encrypt, signature="not hex"),
    ):
        with pytest.raises(Refused):
            open_post(shop, broken)
    open_post(shop, sealed(said("ada", "领券", 1), "another-receiver"))
    assert shop.acceptor.refused == {
        ("oa", "signature"): 2, ("oa", "envelope"): 1, ("oa", "receiver"): 1,
    }  # fmt: skip


async def test_a_callback_for_one_account_opens_at_no_other(shop: Installed) -> None:
    astray = post_of(said("ada", "领券", 1), "oa")
    opened = shop.acceptor.open(shop.shop.accounts["corp"], astray.query, astray.body)
    assert opened.event is None
    assert opened.refused is not None
    assert opened.refused.step == "receiver"


async def test_signed_but_unreadable_is_kept_in_quarantine(shop: Installed) -> None:
    post = sealed("no document at all")
    opened = shop.acceptor.open(shop.shop.accounts["oa"], post.query, post.body)
    assert opened.event is None
    assert not opened.answers_inside
    accepted = await shop.acceptor.record(opened.arrival)
    again = await shop.acceptor.record(opened.arrival)
    assert again.id == accepted.id
    (row,) = await shop.rows("SELECT state, body, error FROM inbox")
    assert (row["state"], row["body"]) == ("quarantined", b"no document at all")
    assert row["error"].startswith("parse")
    await shop.settle_down()
    assert await states(shop) == [("unreadable", "quarantined")]


async def test_an_account_quarantines_so_many_a_day_and_counts_the_rest(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.accept._QUARANTINED_A_DAY", 3)

    for number in range(5):
        post = sealed(f"no document {number}")
        opened = shop.acceptor.open(shop.shop.accounts["oa"], post.query, post.body)
        accepted = await shop.acceptor.record(opened.arrival)
        assert (accepted.id == 0) == (number >= 3)
    elsewhere = post_of("no document", "corp")
    opened = shop.acceptor.open(shop.shop.accounts["corp"], elsewhere.query, elsewhere.body)
    assert (await shop.acceptor.record(opened.arrival)).id

    assert await shop.one("SELECT count(*) FROM inbox WHERE account = 'oa'") == 3
    assert shop.acceptor.refused["oa", "parse"] == 5


async def test_a_redelivered_callback_is_recorded_once_whatever_its_envelope(
    shop: Installed,
) -> None:
    first = await shop.deliver(said("ada", "领券", 1))
    fresh = post_of(said("ada", "领券", 1))
    later = str(int(TIMESTAMP) + 5)
    signature = sign(TOKEN, later, NONCE, fresh.encrypt)
    post = Post(encrypt=fresh.encrypt, signature=signature, timestamp=later)
    opened = shop.acceptor.open(shop.shop.accounts["oa"], post.query, post.body)
    again = await shop.acceptor.record(opened.arrival)
    assert (again.id, again.duplicate) == (first.id, True)


async def test_two_things_one_person_did_in_one_second_are_two(shop: Installed) -> None:
    await shop.deliver(said("ada", "领券", 1))
    await shop.deliver(said("ada", "领券", 2))
    await shop.deliver(contact_added("m1", state="staff-a", code="WC1"))
    await shop.deliver(contact_added("m1", state="staff-b", code="WC2"))
    await shop.deliver(group_changed("wr1", "m1"))
    await shop.deliver(group_changed("wr1", "m2"))
    assert len(await states(shop)) == 6


async def test_what_we_do_not_know_is_kept_and_closed_without_an_effect(shop: Installed) -> None:
    await shop.deliver(said("ada", "x", 1).replace(">text<", ">hologram<"))
    await shop.settle_down()
    assert await states(shop) == [("msg.hologram", "ignored")]
    assert shop.platform.asked == []


async def test_the_window_is_the_installation_s_own(tmp_path: Path) -> None:
    narrow = Times(callback_window=timedelta(hours=12))
    async with installed(tmp_path, Plans(times=narrow)) as shop:
        shop.hand.move(13 * 3600)
        with pytest.raises(Refused, match=r"超过 0\.5 天"):
            open_post(shop, post_of(said("ada", "领券", 1)))
