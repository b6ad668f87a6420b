"""What a template card may hold, checked before anything is sent."""

from dataclasses import replace

import pytest

from bot.platforms.checks import Unfit
from bot.platforms.wecom.api.card_parts import (
    Boxes,
    Heading,
    Image,
    Jump,
    Line,
    Menu,
    Option,
    Question,
    Source,
    Tap,
    Target,
)
from bot.platforms.wecom.api.cards import NewsNotice, TemplateCard, TextNotice
from tests.app_cards import CARDS, HOME, OPTIONS, buttons

NOTICE = TextNotice(heading=Heading(title="t"), action=HOME)
NEWS = NewsNotice(heading=Heading(title="t"), image=Image(url="u"), action=HOME)
CARD = buttons("t")
TAP = Tap(text="好", key="k")


@pytest.mark.parametrize("card", CARDS, ids=lambda one: str(one.kind))
def test_a_card_names_its_kind_and_leaves_out_what_is_not_there(card: TemplateCard) -> None:
    body = card.body()
    assert body["card_type"] == card.kind
    assert not [name for name, value in body.items() if value in ("", None, [], {})]


@pytest.mark.parametrize(
    "card",
    [
        replace(NOTICE, heading=Heading(title="字" * 27)),
        replace(NOTICE, heading=Heading(title="t", text="字" * 31)),
        replace(NOTICE, heading=Heading()),
        replace(NOTICE, subtitle="字" * 113),
        replace(NOTICE, source=Source(colour=4)),
        replace(NOTICE, menu=Menu(taps=(TAP,))),
        replace(NOTICE, task="t", menu=Menu(taps=())),
        replace(NOTICE, task="t", menu=Menu(taps=(TAP,) * 4)),
        replace(NOTICE, lines=(Line(name="n"),) * 7),
        replace(NOTICE, lines=(Line(name=""),)),
        replace(NOTICE, jumps=(Jump(title="j", target=HOME),) * 4),
        replace(NOTICE, jumps=(Jump(title="", target=HOME),)),
        replace(NOTICE, jumps=(Jump(title="j", target=Target(question="问" * 67)),)),
        replace(NOTICE, action=Target(question="几点")),
        replace(NEWS, heading=Heading()),
        replace(NEWS, image=Image(url="u", ratio=2.3)),
        replace(NEWS, image=Image(url="")),
        replace(NEWS, stacked=(Heading(title="t"),) * 5),
        replace(CARD, task=""),
        replace(CARD, task="有空格 的"),
        replace(CARD, task="t" * 129),
        replace(CARD, buttons=()),
        replace(CARD, buttons=(TAP,) * 7),
        replace(CARD, buttons=(Tap(text="t", key="k" * 1025),)),
        replace(CARD, buttons=(Tap(text="t", key="k", style=5),)),
        replace(CARD, question=Question(key="q", options=OPTIONS * 6)),
        replace(CARD, question=Question(key="q", options=(Option(id="", text="t"),))),
    ],
)
def test_a_card_that_would_be_refused_has_no_body(card: TemplateCard) -> None:
    with pytest.raises(Unfit):
        card.body()


def test_a_vote_has_at_most_twenty_options() -> None:
    assert Boxes(key="q", options=OPTIONS * 10).body()["mode"] == 0
    with pytest.raises(Unfit):
        Boxes(key="q", options=OPTIONS * 11).body()
