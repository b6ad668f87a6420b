"""Limits and numbered meetings: what is counted for whom, when it runs out, and what it costs."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

from bot.db import rule_hits
from bot.db.rule_hits import HIT, Tally, Whose
from bot.db.tx import Row, Tx, Value
from bot.events import GroupSaid, ProfileRead
from keyword_rules.match import RuleSet
from keyword_rules.rule import Limit, Nth, Rule, Step, Where
from tests.callbacks import said
from tests.doors import contact, openid, tell
from tests.little_shop import GROUPS, NOW
from tests.rooms import Installed, Plans, installed
from tests.rule_makers import rule, ruleset

CHAT, OTHER_CHAT = GROUPS[0].chat, GROUPS[1].chat


def tagging(name: str, word: str, where: Where, *, dry_run: bool = False) -> Rule:
    """A rule that only tags, so that its hits show in the journal of tags."""
    step = Step(verb="tag", args={"names": (name,)})
    return replace(rule(name, "contains", word, where=where), do=(step,), dry_run=dry_run)


def rules() -> RuleSet:
    """A rule for each way to count, and one that outranks two others."""
    store = Limit(times=2, per="day", of="store")
    group = Limit(times=1, per="hour", of="group")
    return ruleset(
        tagging("mine", "签到", Where(limits=(Limit(times=1, per="day"),))),
        tagging("stores", "抢购", Where(store=("S012",), limits=(store,))),
        tagging("groups", "喵", Where(limits=(group,))),
        tagging("first", "早", Where(nth=Nth(first=1, last=1))),
        tagging("later", "早", Where(nth=Nth(first=2))),
        tagging("trial", "试", Where(limits=(Limit(times=1, per="ever"),)), dry_run=True),
    )


def shop(folder: Path) -> AbstractAsyncContextManager[Installed]:
    return installed(folder, Plans(rules=rules))


async def hits(shop: Installed) -> Sequence[str]:
    """Return the rules of each trace, oldest first."""
    return [",".join(await _rules(shop, row["inbox_id"])) for row in await _traces(shop)]


async def _traces(shop: Installed) -> Sequence[Row]:
    return await shop.rows("SELECT inbox_id FROM trace ORDER BY inbox_id")


async def _rules(shop: Installed, inbox: int) -> list[str]:
    found = "SELECT DISTINCT rule FROM tag WHERE inbox_id = ? AND rule <> '' ORDER BY rule"
    return [row["rule"] for row in await shop.rows(found, inbox)]


async def says(shop: Installed, who: str, *texts: str) -> None:
    for text in texts:
        number = await shop.one("SELECT count(*) FROM inbox")
        await shop.say(who, said(who, text, f"m{number}"))
        shop.hand.move(1)


async def lives_at(shop: Installed, store: str) -> None:
    """Bind everybody to a store."""
    await shop.run("UPDATE person SET store = ?", store)


async def test_a_members_limit_is_their_own_and_comes_back_with_the_next_day(
    tmp_path: Path,
) -> None:
    async with shop(tmp_path) as one:
        await says(one, "ada", "签到", "签到")
        await says(one, "bo", "签到")
        one.hand.move(24 * 3_600)
        await says(one, "ada", "签到")
        assert await hits(one) == ["mine", "", "mine", "mine"]


async def test_a_stores_limit_is_used_up_by_all_who_belong_there(tmp_path: Path) -> None:
    async with shop(tmp_path) as one:
        for who in ("ada", "bo", "cy"):
            await says(one, who, "你好")
        await lives_at(one, "S012")
        for who in ("ada", "bo", "cy"):
            await says(one, who, "抢购")
        assert (await hits(one))[3:] == ["stores", "stores", ""]


async def test_a_groups_limit_counts_what_was_said_in_that_group_alone(tmp_path: Path) -> None:
    async with shop(tmp_path) as one:
        for number, (who, chat) in enumerate(
            (("wm-ada", CHAT), ("wm-bo", CHAT), ("wm-bo", OTHER_CHAT))
        ):
            event = GroupSaid(
                account="corp", at=NOW, who=contact(who), chat=chat, text="喵", msg_id=f"g{number}"
            )
            await tell(one, event)
        assert await hits(one) == ["groups", "", "groups"]


async def test_meetings_are_numbered_once_an_event_whatever_is_told_again(tmp_path: Path) -> None:
    async with shop(tmp_path) as one:
        for _ in range(2):
            await one.say("ada", said("ada", "早", "same"))
        await says(one, "ada", "早", "早")
        await says(one, "bo", "早")
        assert await hits(one) == ["first", "later", "later", "first"]
        assert await one.one("SELECT count(*) FROM rule_hit WHERE op = 'met'") == 8


async def test_of_two_who_are_one_all_meetings_count(tmp_path: Path) -> None:
    async with shop(tmp_path) as one:
        await says(one, "ada", "早")
        await tell(one, ProfileRead(account="oa", at=NOW, who=openid("ada"), unionid="u"))
        await tell(one, ProfileRead(account="corp", at=NOW, who=contact("wm"), unionid="u"))
        said_it = GroupSaid(
            account="corp", at=NOW, who=contact("wm"), chat=CHAT, text="早", msg_id="g"
        )
        await tell(one, said_it)
        assert (await hits(one))[-1] == "later"


async def test_a_rule_on_trial_leaves_nothing_but_its_trace(tmp_path: Path) -> None:
    async with shop(tmp_path) as one:
        await says(one, "ada", "试试", "试试")
        assert await hits(one) == ["", ""]
        assert await one.one("SELECT count(*) FROM rule_hit") == 0
        bodies = await one.rows("SELECT body FROM trace")
        assert all('"dry":[{"rule":"trial"' in row["body"] for row in bodies)


class Counter:
    """A transaction that tells how many statements were asked of it."""

    def __init__(self, tx: Tx) -> None:
        self.asked = 0
        self._tx = tx

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        """Ask, and count."""
        self.asked += 1
        return await self._tx.all(sql, *args)


async def test_many_limits_are_counted_by_few_statements(tmp_path: Path) -> None:
    async with shop(tmp_path) as one:
        await says(one, "ada", "签到")
        ada = await one.one("SELECT id FROM person")
        asked = [Tally(rule=f"r{n}", whose=Whose.MEMBER, id=ada) for n in range(250)]
        asked.append(Tally(rule="mine", whose=Whose.MEMBER, id=ada, op=HIT))

        async def work(tx: Tx) -> tuple[int, tuple[int, ...]]:
            counter = Counter(tx)
            found = await rule_hits.counts(counter, asked)  # type: ignore[arg-type]  # reads alone
            return counter.asked, found

        statements, found = await one.db.read(work)
        assert statements == 3
        assert found == (*[0] * 250, 1)
