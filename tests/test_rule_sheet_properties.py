"""Whatever a cell says, it is what the file says afterwards, and nothing else in it changes."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from commands.sheets.blocks import blocks_of
from commands.sheets.columns import KEYS, MODES, WEEKDAYS, Row
from commands.sheets.editing import edited, new_rule
from commands.sheets.rows import mark_of, more_of, row_of
from commands.sheets.tree import written

FILE = """\
# head
- id: first   # 一
  # two
  say: { any: [x, "y: z"],
         none: [w] } # three
  where: { store: S1, stage: [visitor], dates: 2026-01-01.. }
  do:
    # four
    - reply: |-
        a
        # not a comment

        b
    - topic: hours
  # five
  cases:
    - { text: x, hit: true }   # six
    - { text: y, store: S1, hit: true }
  note: >
    folded
    text
  # seven

- id: second
  say: [q]
  do:
    - reply: { text: "r", menu: [a, b] }  # eight
"""
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n"),
    max_size=30,
).map(lambda text: text.strip())
WORD = TEXTS.map(lambda text: text.replace("、", "").replace("\n", "").strip()).filter(bool)
WORDS = st.lists(WORD, unique=True, max_size=3).map("、".join)
SENTENCES = st.lists(
    TEXTS.map(lambda text: text.replace("\n", " ").strip()).filter(bool), unique=True, max_size=3
).map("\n".join)
YES = st.sampled_from(["", "是"])
DATES = st.dates().map(str) | st.just("")
CELLS = {
    "words": WORDS.filter(bool), "all_of": WORDS, "none_of": WORDS,
    "mode": st.sampled_from(list(MODES.values())), "stores": WORDS, "channels": WORDS,
    "reply": TEXTS, "campaign": WORD, "pool": WORD, "tags": WORDS, "untags": WORDS,
    "first": DATES, "last": DATES,
    "weekdays": st.lists(st.sampled_from(list(WEEKDAYS.values())), unique=True).map(
        lambda days: "、".join(day for day in WEEKDAYS.values() if day in days)
    ),
    "hours": st.sampled_from(["", "08:00-22:00", "22:00-06:00、12:00-13:00"]),
    "priority": st.integers(1, 99).map(str) | st.just(""), "continue": YES, "dry_run": YES,
    "hits": SENTENCES, "misses": SENTENCES, "note": TEXTS,
}  # fmt: skip
ROWS = st.fixed_dictionaries({"id": st.just("first"), "persona": st.just(""), **CELLS})


@given(TEXTS)
def test_a_text_of_any_characters_is_read_as_it_was_written(text: str) -> None:
    for layout in (written("note", text, 2), written("note", text, 2, folded=True) + " # c"):
        assert yaml.safe_load(f"- id: a\n  {layout}\n")[0]["note"] == text


@given(ROWS)
def test_a_new_rule_says_what_its_row_says(row: Row) -> None:
    (block,) = blocks_of("new.yaml", new_rule(row) + "\n")
    assert row_of(block) == row


@given(ROWS, st.sets(st.sampled_from(sorted(CELLS)), min_size=1))
def test_changed_cells_come_back_and_the_rest_stays(wanted: Row, fields: set[str]) -> None:
    block, other = blocks_of("old.yaml", FILE)
    before = row_of(block)
    row = {**before, **{field: wanted[field] for field in fields}}
    changed = {field for field in KEYS if row[field] != before[field]}
    text = FILE[: block.start] + edited(block, row, changed) + FILE[block.end :]
    now, still = blocks_of("new.yaml", text)
    assert row_of(now) == row
    assert more_of(now) == more_of(block)
    assert still.rule == other.rule
    assert text.startswith("# head\n- id: first   # 一\n  # two\n")
    assert text.endswith(FILE[block.end :])


@given(ROWS, ROWS)
def test_a_mark_tells_rows_apart(one: Row, other: Row) -> None:
    assert (mark_of(one) == mark_of(other)) == (one == other)
