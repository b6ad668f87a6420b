"""Why a rule's words did not hit, in the terms its author used."""

from keyword_rules.compiled import Asked
from keyword_rules.conditions import Failed
from keyword_rules.finder import Finder, Sight
from keyword_rules.rule import Mode, Phrase

_WHY_SEEN = {Mode.WORD: "word_boundary", Mode.EQUALS: "equals", Mode.PREFIX: "prefix"}
_WHY_ABSENT = {Mode.SOUND: "sound", Mode.REGEX: "regex"}


def words_failed(asked: Asked, sight: Sight, finder: Finder, said: str) -> Failed | None:
    """The first of `all`, `any` and `none` that does not hold in what was said, or None."""
    lacking = tuple(number for number in asked.all if number not in sight.found)
    if lacking:
        return _absent(lacking, sight, finder, said)
    if asked.any and sight.found.isdisjoint(asked.any):
        return _absent(asked.any, sight, finder, said)
    present = [finder.phrases[number].text for number in asked.none if number in sight.found]
    if present:
        return Failed(why="excluded", want="、".join(present), got=said)
    return None


def _absent(numbers: tuple[int, ...], sight: Sight, finder: Finder, said: str) -> Failed:
    seen = [finder.phrases[number] for number in numbers if number in sight.seen]
    if seen:
        return _seen(max(seen, key=lambda phrase: len(phrase.text)), finder, said)
    phrases = [finder.phrases[number] for number in numbers]
    modes = {phrase.mode for phrase in phrases}
    why = _WHY_ABSENT.get(phrases[0].mode, "words") if len(modes) == 1 else "words"
    return Failed(why=why, want="、".join(phrase.text for phrase in phrases), got=said)


def _seen(phrase: Phrase, finder: Finder, said: str) -> Failed:
    got = "/".join(finder.segment(said)) if phrase.mode is Mode.WORD else said
    return Failed(why=_WHY_SEEN.get(phrase.mode, "words"), want=phrase.text, got=got)
