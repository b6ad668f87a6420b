"""Homophones, the usual slips, and pinyin typed for characters."""

import pickle
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyword_rules.finder import Finder, finder_of
from keyword_rules.rule import Mode, Phrase
from keyword_rules.segment import segment
from keyword_rules.slips import SLIPS, Slips
from keyword_rules.sound import SoundIndex, readings, syllables
from keyword_rules.words import comparable

USUAL = Slips.of(["an/ang", "en/eng", "in/ing", "zh/z", "ch/c", "sh/s"])


def ear(*words: str, same_sound: Slips = USUAL) -> Finder:
    phrases = [Phrase(text=word, mode=Mode.SOUND) for word in words]
    return finder_of(phrases, fold=comparable, segment=segment, same_sound=same_sound)


def hears(text: str, *words: str, same_sound: Slips = USUAL) -> bool:
    return bool(ear(*words, same_sound=same_sound).look(comparable(text)).found)


def test_a_keyword_has_one_reading_and_a_character_may_have_many() -> None:
    assert syllables("会员") == ("hui", "yuan")
    assert {"juan", "quan"} <= set(readings("卷"))
    assert "quan" in readings("劵")


def test_letters_inside_a_keyword_are_read_as_themselves() -> None:
    assert syllables("k歌") == ("k", "ge")
    assert hears("我想k哥", "k歌")


def test_homophones_are_heard_and_one_syllable_is_not() -> None:
    index = SoundIndex.of([("领券", 7), ("券", 8)], str)

    assert index.heard("我要令劝") == {7: [(2, 4)]}
    assert index.heard("卷饼") == {}


@pytest.mark.parametrize(
    "typed", ["我要领卷", "领劵", "令券怎么用", "林劝", "帮我领全一下", "领圈在哪里"]
)
def test_a_keyword_is_heard_however_it_is_misspelt(typed: str) -> None:
    assert hears(typed, "领券")


def test_what_is_written_as_a_word_of_its_own_is_not_heard_as_another() -> None:
    assert not hears("附近有什么美食", "美式")
    assert not hears("价格很贵的知道吗", "地址")
    assert ear("美式").look("附近有什么美食").seen == {0}


def test_a_rare_word_that_begins_as_the_keyword_does_is_heard_as_it() -> None:
    assert segment("能退伙吗") == ("能", "退伙", "吗")
    assert hears("能退伙吗", "退货")
    assert not hears("有没有蔬食", "素食")


def test_a_reading_of_old_that_no_phrase_has_is_not_heard() -> None:
    assert readings("包") == ("bao",)
    assert readings("行") == ("xing", "hang")
    assert not hears("来包利群", "福利群")
    assert hears("南铁", "南铁")
    assert not hears("南铁", "拿铁")


def test_a_place_is_not_heard_as_a_keyword_of_which_it_has_only_the_sound() -> None:
    assert segment("岭泉村怎么样") == ("岭", "泉", "村", "怎么样")
    assert not hears("岭泉村怎么样", "领券")
    assert hears("我要领卷路过来拿", "领券")
    assert hears("令劝", "领券")


def test_one_of_the_commonest_words_is_no_misspelling() -> None:
    assert segment("那贴膏药") == ("那", "贴膏药")
    assert segment("那贴了吗") == ("那", "贴", "了", "吗")
    assert not hears("那贴了吗", "拿铁")
    assert hears("那铁多大杯", "拿铁")


def test_what_is_heard_tells_where() -> None:
    assert ear("会员卡").look("我要办会元卡").heard == {0: (3, 6)}
    assert ear("会员卡").look("我要办会员卡").heard == {}


def test_pinyin_that_stands_alone_is_heard_as_the_keyword_it_spells() -> None:
    assert hears("lingquan", "领券")
    assert hears("我要LINGQUAN!", "领券")
    assert hears("ling'quan", "领券")
    assert hears("lingquan", "领券", same_sound=Slips.of([]))
    assert hears("huiyuanka", "会员卡")


@pytest.mark.parametrize(
    "typed", ["lingquanx", "lq", "xlingquan", "lingquan2", "dingling", "change"]
)
def test_pinyin_within_other_letters_is_not_heard(typed: str) -> None:
    assert not hears(typed, "领券")


def test_a_run_of_letters_that_could_be_cut_in_countless_ways_costs_little() -> None:
    assert not hears("an" * 30 + "x" + "a" * 2_000, "安啊那安啊", "啊那")


@pytest.mark.parametrize(
    ("slip", "meant", "typed"),
    [
        ("an/ang", "上班", "上帮"),
        ("an/ang", "香烟", "先烟"),
        ("en/eng", "充分", "充丰"),
        ("in/ing", "领券", "林券"),
        ("zh/z", "地址", "地字"),
        ("ch/c", "菜单", "柴单"),
        ("sh/s", "电视", "电四"),
        ("l/n", "牛奶", "留奶"),
        ("f/h", "开发票", "开花票"),
        ("f/h", "会员", "费员"),
    ],
)
def test_a_slip_counts_as_the_same_sound_only_when_it_is_asked_for(
    slip: str, meant: str, typed: str
) -> None:
    asked = SoundIndex.of([(meant, 1)], Slips.of([slip]))
    strict = SoundIndex.of([(meant, 1)], Slips.of(SLIPS.keys() - {slip}))

    assert asked.heard(typed)
    assert not strict.heard(typed)


def test_slips_that_meet_in_one_syllable_count_together() -> None:
    assert Slips.of(["zh/z", "an/ang"])("zhuang") == "zuan"
    assert Slips.of(["f/h", "an/ang"])("fang") == Slips.of(["an/ang", "f/h"])("huan")


@pytest.mark.parametrize("names", list(combinations(SLIPS, 2)))
def test_what_counts_as_a_sound_counts_as_itself(names: tuple[str, str]) -> None:
    slips = Slips.of(names)

    for syllable in ("zhang", "sheng", "ching", "feng", "nang", "huang", "fu", "a", "n"):
        assert slips(slips(syllable)) == slips(syllable)


def test_a_slip_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="zh/x"):
        Slips.of(["zh/x"])


def test_an_index_hears_the_same_after_a_journey_to_another_process() -> None:
    index = SoundIndex.of([("领券", 1), ("会员卡", 2)], USUAL)
    there: SoundIndex = pickle.loads(pickle.dumps(index))  # noqa: S301 (our own bytes)

    assert there == index
    assert there.heard("令劝，会元卡") == index.heard("令劝，会元卡") != {}


@given(st.text(st.sampled_from("我要领令卷劝券会元员卡lingqua'，!"), max_size=30))
def test_a_keyword_that_is_written_is_always_found(text: str) -> None:
    assert ear("领券", "会员卡").look(text).found >= {
        number for number, word in enumerate(("领券", "会员卡")) if word in text
    }


def test_a_word_that_begins_earlier_hides_only_what_begins_unlike_the_keyword() -> None:
    assert segment("我要领卷") == ("我", "要领", "卷")
    assert hears("我要领卷", "领券")
    assert not hears("这是要领卷一", "零卷")
