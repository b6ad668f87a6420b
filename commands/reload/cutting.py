"""The dictionary by which texts are cut into words, as far as rules need it."""

from keyword_rules.match import RuleSet
from keyword_rules.rule import Mode, Segment
from keyword_rules.segment import Segmenter, by_jieba
from keyword_rules.segment import segment as cut_by_jieba


def cutter_of(segment: Segment) -> Segmenter | None:
    """Return whose dictionary a way to cut uses, None where it needs none."""
    if isinstance(segment, Segmenter):
        return segment
    return by_jieba() if segment is cut_by_jieba else None


def cuts_words(rules: RuleSet) -> bool:
    """Whether some text may have to be cut for these rules."""
    finders = (rules.words, rules.keys)
    return any(phrase.mode is Mode.WORD for finder in finders for phrase in finder.phrases)
