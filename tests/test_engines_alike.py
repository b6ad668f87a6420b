"""What strangers send, of any length or size, is decided and settled alike on both engines."""

import random
import string
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.actions import Label, Receipt, State
from bot.db import ledger
from bot.db.claims import Claim, claim
from bot.db.tx import Tx
from bot.events import (
    ContactAdded,
    Event,
    Followed,
    GroupCreated,
    KfEntered,
    KfSaid,
    MemberJoined,
    MenuTapped,
    ProfileRead,
    Scanned,
    StaffSaid,
    TextSaid,
)
from tests import servers
from tests.callbacks import contact_added, group_changed, said
from tests.doors import contact, content, openid, tell
from tests.little_shop import GROUPS, NOW, NOW_US
from tests.rooms import Installed, Plans, installed

LONG = "".join(random.Random(7).choices(string.ascii_lowercase, k=128))  # noqa: S311  (as long as an id may be)
ENDLESS = "".join(random.Random(8).choices(string.ascii_lowercase, k=10_240))  # noqa: S311  (no engine packs it)
LONGEST_CODE = ENDLESS[:512]
CHAT = GROUPS[0].chat
EVENTS: tuple[Event, ...] = (
    ContactAdded(account="corp", at=NOW, who=contact("m1"), staff=LONG, state=ENDLESS),
    ContactAdded(account="corp", at=NOW, who=contact("m2"), staff="bo", welcome_code=LONGEST_CODE),
    ContactAdded(account="corp", at=NOW, who=contact(LONG), staff=LONG, state="staff-xiaowang"),
    GroupCreated(account="corp", at=NOW, chat=LONG),
    MemberJoined(account="corp", at=NOW, who=contact(LONG), chat=CHAT, unionid=LONG),
    MemberJoined(account="corp", at=NOW, who=contact(LONG), chat=LONG, state=ENDLESS),
    ProfileRead(
        account="corp", at=NOW, who=contact(LONG), unionid=f"u{LONG}", name=ENDLESS, staff=LONG,
        remark=ENDLESS,
    ),
    KfEntered(
        account="corp", at=NOW, who=contact(LONG), kf=LONG, msg_id=LONG, scene=ENDLESS,
        scene_param=ENDLESS, welcome_code=LONGEST_CODE,
    ),
    KfSaid(account="corp", at=NOW, who=contact(LONG), kf=LONG, msg_id=LONG, text="领券"),
    KfSaid(
        account="corp", at=NOW, who=contact("m3"), kf=LONG, msg_id=LONG, text=ENDLESS,
        menu_id=ENDLESS,
    ),
    Followed(account="oa", at=NOW, who=openid(LONG), scene=ENDLESS),
    Scanned(account="oa", at=NOW, who=openid(LONG), scene=ENDLESS),
    MenuTapped(account="oa", at=NOW, who=openid(LONG), key=ENDLESS),
    TextSaid(account="oa", at=NOW, who=openid(LONG), text="宠物群", msg_id=LONG),
    TextSaid(account="oa", at=NOW, who=openid(LONG), text=ENDLESS, msg_id=LONG),
    StaffSaid(account="corp", at=NOW, staff=LONG, text=ENDLESS, msg_id=LONG),
)  # fmt: skip
LARGEST_CODE = 10**18 - 1  # the longest that is read as one


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What these tests make the program say is wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture(params=["", "postgres"], ids=["sqlite", "postgres"])
async def shop(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Installed]:
    monkeypatch.setenv(servers.ENGINE, request.param)
    async with installed(tmp_path, Plans(content=content)) as one:
        yield one


async def test_whatever_is_read_fits_every_column_and_its_index(shop: Installed) -> None:
    for event in EVENTS:
        await tell(shop, event)
    await everything_is_done(shop)


async def test_what_is_no_id_is_not_read_as_one(shop: Installed) -> None:
    await shop.deliver(contact_added("m1", code=ENDLESS, state=ENDLESS))
    await shop.deliver(contact_added(ENDLESS, staff=ENDLESS))
    await shop.deliver(group_changed(CHAT, "m2", ENDLESS))
    await shop.deliver(said(ENDLESS, "领券", ENDLESS))
    await shop.decide_due()
    await everything_is_done(shop)
    assert await shop.one("SELECT max(length(value)) FROM alias") == len("m1")


async def everything_is_done(shop: Installed) -> None:
    left = "SELECT count(*) FROM inbox WHERE state NOT IN ('done', 'ignored')"
    assert await shop.one(left) == 0


async def test_an_error_code_of_any_size_is_kept(shop: Installed) -> None:
    label = Label(account="corp", member="m1", staff="bo", add=("老客",))

    async def work(tx: Tx) -> None:
        await ledger.owe(
            tx, label, ledger.Owing(inbox=1, event_id="E1", person=None, now_us=NOW_US)
        )
        (row,) = await claim(tx, NOW_US, Claim(limit=1, owner="me"))
        failed = Receipt(state=State.FAILED, code=LARGEST_CODE)
        await ledger.settle(tx, row, failed, NOW_US)

    await shop.db.write(work)
    assert await shop.one("SELECT code FROM effect") == LARGEST_CODE
