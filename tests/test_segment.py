"""Cutting texts into words: by jieba's dictionary as jieba does, and by a shop's own words."""

import logging
import pickle
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyword_rules.segment import Segmenter, Tables, by_jieba, segment

TALK = (
    "请问领券的活动什么时候结束，我要领两张优惠券！",
    "产品和服务都不错，和服也好看；买单的时候可以用C++会员卡吗？ok 123abc",
    "帮我查一下订单20261122到哪里了。谢谢\n再见  abc-def 3.5%",
    "宠物群和猫粮在哪个货架，有没有狗狗可以吃的牛肉干",
    "丂㐀龥鿕😀ー、",
)


@pytest.fixture(scope="module")
def jieba() -> Any:
    """The library itself, which reads its own dictionary."""
    library = import_module("jieba")
    library.setLogLevel(logging.WARNING)
    cutter = library.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter


@pytest.mark.parametrize("text", TALK)
def test_texts_are_cut_as_jieba_cuts_them(jieba: Any, text: str) -> None:
    assert segment(text.casefold()) == tuple(jieba.cut(text.casefold(), HMM=False))


@given(st.text(st.sampled_from("".join(TALK)), max_size=40))
def test_any_mixture_is_cut_as_jieba_cuts_it(jieba: Any, text: str) -> None:
    assert segment(text.casefold()) == tuple(jieba.cut(text.casefold(), HMM=False))


@given(st.text())
def test_the_words_of_a_text_join_to_the_same_text(text: str) -> None:
    assert "".join(segment(text)) == text


def test_a_word_of_ones_own_is_one_word() -> None:
    own = Segmenter({"宠物群": None, "寵物粮": None, "要领券": 3})

    assert own("怎么进宠物群啊") == ("怎么", "进", "宠物群", "啊")
    assert own("宠物粮") == ("宠物粮",)
    assert segment("怎么进宠物群啊") == ("怎么", "进", "宠物", "群", "啊")


def test_tables_travel_in_slices_and_cut_alike_there() -> None:
    here, there = Segmenter({"宠物群": None}), Segmenter({"宠物群": None})
    slices = list(here.tables().slices())
    there.install(Tables.of_slices(slices))

    assert max(map(len, slices)) <= 1 << 20
    assert [there(text) for text in TALK] == [here(text) for text in TALK]


def test_a_segmenter_travels_without_its_tables() -> None:
    here = Segmenter({"宠物群": None})
    here.warm_up()
    there: Segmenter = pickle.loads(pickle.dumps(here))  # noqa: S301 (our own bytes)

    assert there == here
    assert hash(there) == hash(here)
    assert not there.is_ready()
    assert there.version != by_jieba().version


def test_one_without_words_of_its_own_is_on_arrival_the_one_that_is_there() -> None:
    there: Segmenter = pickle.loads(pickle.dumps(Segmenter()))  # noqa: S301 (our own bytes)

    assert there is by_jieba()
