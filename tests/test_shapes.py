"""The comparison of shapes: what counts as a difference, and what a sample leaves open."""

import pytest

from tests.conformance.cases import CASES, read_cases
from tests.conformance.shapes import differences
from tests.conformance.shapes_oa import KNOWN, oa_shapes

TAGS = {"tag_group": [{"id": "g", "tag": [{"id": "a", "order": 1}]}]}


def test_the_same_shape_has_no_differences() -> None:
    given = {"tag_group": [{"id": "h", "tag": [{"id": "b", "order": 0}, {"id": "c", "order": 2}]}]}
    assert differences(TAGS, given) == ()


def test_only_the_outermost_missing_key_is_told() -> None:
    assert differences(TAGS, {}) == ("tag_group: missing",)
    assert differences(TAGS, {"tag_group": [{"id": "h"}]}) == ("tag_group[].tag: missing",)


def test_an_empty_list_shows_nothing_of_its_elements() -> None:
    assert differences(TAGS, {"tag_group": []}) == ("tag_group[]: missing",)
    assert differences({"tag_group": []}, TAGS) == ()


def test_elements_of_a_list_make_one_shape() -> None:
    buttons = {"button": [{"key": "k"}, {"url": "u"}]}
    assert differences(buttons, {"button": [{"url": "u"}, {"key": "k"}]}) == ()
    assert differences(buttons, {"button": [{"url": "u"}]}) == ("button[].key: missing",)


def test_a_key_that_was_never_published_is_told_once() -> None:
    assert differences({"id": 1}, {"id": 1, "more": {"deep": 1}}) == ("more: not published",)


@pytest.mark.parametrize(
    ("sample", "given", "told"),
    [
        (1, "1", "x: string, published as number"),
        ("1", 1, "x: number, published as string"),
        (True, 1, "x: number, published as boolean"),
        ([], {}, "x: object, published as list"),
        (1, None, "x: null, published as number"),
    ],
)
def test_another_type_is_told(sample: object, given: object, told: str) -> None:
    assert differences({"x": sample}, {"x": given}) == (told,)


def test_whole_and_broken_numbers_are_one_type() -> None:
    assert differences({"x": 1}, {"x": 1.5}) == ()


def test_what_a_sample_says_is_null_may_be_anything() -> None:
    assert differences({"x": None}, {"x": {"y": [1]}}) == ()


def test_several_samples_are_united() -> None:
    also = [{"id": "1", "name": "n"}]
    assert differences({"id": 1}, {"id": "1", "name": ""}, also=also) == ()
    assert differences({"id": 1}, {"id": 1}, also=also) == ("name: missing",)


def test_errcode_and_errmsg_of_the_answer_may_be_there_or_not() -> None:
    told = {"errcode": 0, "errmsg": "ok", "id": 1}
    assert differences(told, {"id": 1}) == differences({"id": 1}, told) == ()
    assert differences({"list": [{"errcode": 1}]}, {"list": [{}]}) == ("list[].errcode: missing",)


def test_optional_and_extra_places_cover_what_is_below_them() -> None:
    sample, given = {"a": {"b": 1}, "c": [{"d": 1}]}, {"e": {"f": 1}, "c": [{}]}
    named = differences(sample, given, optional=frozenset({"a", "c[].d"}), extra=frozenset({"e"}))
    assert named == ()


async def test_the_twins_official_account_answers_as_published() -> None:
    if not (CASES / "api.jsonl").exists():
        pytest.skip(f"no published cases in {CASES}")
    told = await oa_shapes(read_cases(CASES / "api.jsonl"))
    assert {path: lines for path, lines in told if lines} == {}
    assert {path for path, _ in told} >= KNOWN.keys()
