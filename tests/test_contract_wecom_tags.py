"""A corp's tags, made by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask
from bot.platforms.checks import Unfit
from bot.platforms.wecom.api.contacts import ReadContact
from bot.platforms.wecom.api.corp_tags import (
    AddCorpTags,
    DeleteCorpTags,
    EditCorpTag,
    ListCorpTags,
    MarkContact,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_tags_are_made_in_a_group_listed_renamed_and_removed(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        made = await ask(port, AddCorpTags(group="门店", names=("S001", "S012")))
        assert made.value is not None and made.value.name == "门店"
        first, second = made.value.tags
        more = await ask(port, AddCorpTags(group="门店", names=("S002",)))
        assert more.value is not None and more.value.id == made.value.id
        by_id = await ask(port, AddCorpTags(group_id=made.value.id, names=("S003",)))
        assert by_id.done
        assert (await ask(port, EditCorpTag(id=first.id, name="S999", order=7))).done
        listed = await ask(port, ListCorpTags(groups=(made.value.id,)))
        assert listed.value is not None
        (group,) = listed.value
        assert {one.name for one in group.tags} == {"S999", "S012", "S002", "S003"}
        assert next(one.order for one in group.tags if one.id == first.id) == 7
        some = await ask(port, ListCorpTags(tags=(second.id,)))
        assert some.value is not None
        assert [one.id for group in some.value for one in group.tags] == [second.id]
        assert (await ask(port, DeleteCorpTags(tags=(first.id, second.id)))).done
        left = await ask(port, ListCorpTags())
    assert left.value is not None
    here = {one.name for group in left.value for one in group.tags if not one.deleted}
    assert {"S002", "S003"} <= here and not here & {"S999", "S012"}


async def test_a_name_taken_in_its_group_counts_as_there(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        await ask(port, AddCorpTags(group="兴趣", names=("宠物",)))
        again = await ask(port, AddCorpTags(group="兴趣", names=("宠物",)))
    assert again.done and again.receipt.code == 40071


async def test_a_tag_that_is_gone_cannot_be_renamed_or_given(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaowang")
    mark = MarkContact(staff="xiaowang", member=scene.external("甲"), add=("nothing",))
    async with way_out(scene, "wecom") as port:
        renamed = await ask(port, EditCorpTag(id="nothing", name="x"))
        marked = await ask(port, mark)
    assert (renamed.receipt.code, marked.receipt.code) == (40068, 40068)


async def test_a_customer_is_marked_and_unmarked(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaowang")
    member = scene.external("甲")
    async with way_out(scene, "wecom") as port:
        made = await ask(port, AddCorpTags(group="兴趣", names=("宠物", "母婴")))
        assert made.value is not None
        pets, babies = (one.id for one in made.value.tags)
        assert (await ask(port, MarkContact(staff="xiaowang", member=member, add=(pets,)))).done
        swap = MarkContact(staff="xiaowang", member=member, add=(babies,), remove=(pets,))
        assert (await ask(port, swap)).done
        read = await ask(port, ReadContact(member=member))
        stranger = await ask(port, MarkContact(staff="xiaoli", member=member, add=(pets,)))
    assert read.value is not None
    assert read.value[0].followers[0].labels == (babies,)
    # Right after the add event it may only not have spread yet, so it is tried again.
    assert stranger.receipt.code == 84061 and stranger.receipt.state is State.READY


@pytest.mark.parametrize(
    "call",
    [
        AddCorpTags(names=("a",)),
        AddCorpTags(group="g", group_id="i", names=("a",)),
        AddCorpTags(group="g", names=()),
        AddCorpTags(group="g", names=("字" * 31,)),
        AddCorpTags(group="g", names=("a",), order=2**32),
        EditCorpTag(id="t"),
        DeleteCorpTags(),
        MarkContact(staff="s", member="m"),
    ],
)
def test_what_would_be_refused_is_never_asked(
    call: AddCorpTags | EditCorpTag | DeleteCorpTags | MarkContact,
) -> None:
    with pytest.raises(Unfit):
        call.body()
