"""Properties of the rule engine over any input."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from keyword_rules.parse import RULE_FIELDS, parse_rules
from keyword_rules.read_cases import CASE_FIELDS
from keyword_rules.read_file import FILE_FIELDS
from keyword_rules.read_where import CONDITIONS
from keyword_rules.rule import Mode, Subject
from keyword_rules.template import BadTemplate, Template
from keyword_rules.words import comparable
from tests.rule_makers import by_character, rule, ruleset
from tests.shop_vocabulary import SHOP

HAN = st.text(alphabet="领券劵卷和服产品务宠物群 ab?！", max_size=12)
WORD = st.text(alphabet="领券和服务ab", min_size=2, max_size=4)
LITERAL_MODES = st.sampled_from([Mode.EQUALS, Mode.CONTAINS, Mode.PREFIX, Mode.SUFFIX, Mode.SOUND])


@given(st.text())
def test_comparable_text_is_its_own_comparable(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_rules_or_problems_never_a_crash(raw: bytes) -> None:
    parsed = parse_rules("any.yaml", raw, SHOP, by_character)

    assert isinstance(parsed.problems, tuple)


@settings(deadline=None)
@given(st.text(alphabet="-: {}[]&*!|>'\"\n\tidsayo领券,#", max_size=80))
def test_anything_like_yaml_gives_rules_or_problems_never_a_crash(text: str) -> None:
    parse_rules("any.yaml", text.encode(), SHOP, by_character)


KEYS = st.sampled_from(
    [*RULE_FIELDS, *FILE_FIELDS, *CONDITIONS, *CASE_FIELDS, "any", "mode", "percent", "times", "of"]
)
WRITTEN = (
    "券 text regex 2026-11-01 2026-11-30..2026-11-01 30-20 1- 8:00-9:00 {order} %s"
    " (?P<order>[0-9]+) ../r.yaml"
)
VALUES = st.sampled_from([*WRITTEN.split(), "", 0, 1, -1, 10**30, 1.5, True, None])
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.dictionaries(KEYS, TREES, max_size=8), max_size=3), st.booleans())
def test_any_mixture_of_known_keys_gives_rules_or_problems_never_a_crash(
    entries: list[object], framed: bool
) -> None:
    tree = {"only": {"hours": "9:00-8:00"}, "rules": entries} if framed else entries

    parse_rules("any.yaml", json.dumps(tree, ensure_ascii=False).encode(), SHOP, by_character)


@settings(deadline=None)
@given(st.lists(st.tuples(WORD, LITERAL_MODES, st.integers(-2, 2)), max_size=8), HAN)
def test_matching_all_rules_agrees_with_judging_each_alone(
    drawn: list[tuple[str, Mode, int]], text: str
) -> None:
    rules = ruleset(
        *(
            rule(f"r{n}", mode, word, priority=p, stop=False)
            for n, (word, mode, p) in enumerate(drawn)
        )
    )
    subject = Subject(occasion="text", text=text)
    together = {hit.rule for hit in rules.match(subject).hits}
    alone = {one.id for one in rules.rules if not hasattr(rules.verdict(one.id, subject), "why")}

    assert together == alone


@settings(deadline=None)
@given(st.lists(WORD, max_size=6), HAN)
def test_contains_finds_exactly_what_python_finds(words: list[str], text: str) -> None:
    rules = ruleset(*(rule(f"r{n}", "contains", w, stop=False) for n, w in enumerate(words)))
    hits = {hit.rule for hit in rules.match(Subject(occasion="text", text=text)).hits}

    assert hits == {f"r{n}" for n, word in enumerate(words) if word in comparable(text)}


@settings(deadline=None)
@given(st.lists(WORD, max_size=6), HAN)
def test_with_explain_every_rule_is_a_hit_or_a_miss(words: list[str], text: str) -> None:
    rules = ruleset(*(rule(f"r{n}", "sound", word) for n, word in enumerate(words)))
    trace = rules.match(Subject(occasion="text", text=text), explain=True)

    assert len(trace.hits) + len(trace.missed) == len(words)
    assert trace == rules.match(Subject(occasion="text", text=text), explain=True)


@given(st.text(alphabet="{}|ab_0. 好", max_size=20))
def test_a_template_is_read_or_refused(text: str) -> None:
    try:
        template = Template.parse(text)
    except BadTemplate as error:
        assert 0 <= error.position < len(text)
    else:
        assert isinstance(template.render({}), str)
