"""Automatic replies as the files of a home: rules, a welcome, and a persona for random ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from commands.console.auto_replies import AutoReplies, Keywords, Reply
from config.claims import claims
from config.nouns import Content
from keyword_rules.read_words import LONGEST_PHRASE
from keyword_rules.words import comparable

PRIORITY = -10  # below the rules that are there: they were written for this bot
_WIDTH = 10_000  # never folded, so that a line of the file is a line of the reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Files by their place in the home, and what is left to a person."""

    files: Mapping[str, str]
    by_hand: tuple[str, ...]
    rules: int


@dataclass(slots=True)
class _Draft:
    """What has been written so far."""

    account: str
    can_vary: bool
    rules: list[str] = field(default_factory=list)
    variants: dict[str, list[str]] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    count: int = 0


def written(found: AutoReplies, account: str, content: Content) -> Written:
    """Return the files that answer as the console did; what they cannot is a comment in them.

    The rules rank below those that are there. `content` is the home's: its own greeting stays,
    and random answers, which a persona gives, need one that speaks by default.
    """
    draft = _Draft(account=account, can_vary=bool(content.personas and content.default_persona))
    for number, rule in enumerate(found.rules, start=1):
        _write_rule(draft, rule, number)
    _write_default(draft, found.default)
    files = {}
    if draft.rules:
        head = _RULES_HEAD.format(account=account)
        files[f"rules/imported-{account}.yaml"] = "\n".join([head, *draft.rules])
    if draft.variants:
        files[f"personas/imported-{account}.yaml"] = _persona(draft, content)
    greeting = _greeting(draft, found.follow, content)
    if greeting:
        files[f"welcomes/imported-{account}.yaml"] = greeting
    return Written(files=files, by_hand=tuple(draft.by_hand), rules=draft.count)


_RULES_HEAD = """\
# yaml-language-server: $schema=../rules.schema.json
# 公众号 {account} 后台的自动回复，由 rules import 写成，可以随意改。
# priority 比您自己写的规则低：两边都命中时，听您自己的。
"""


def _write_rule(draft: _Draft, rule: Keywords, number: int) -> None:
    words = [(word, whole) for word, whole in rule.words if _usable(word)]
    texts = [one.text for one in rule.replies if one.text]
    comments = [f"后台这条还回{one.by_hand}：请手工处理" for one in rule.replies if one.by_hand]
    if len(words) < len(rule.words):
        comments.append("有关键词太长或没有看得见的字，没有导入")
    if not words or not texts:
        said = "、".join(word for word, _ in rule.words) or "（没有关键词）"
        comments.append(f"没有可用的{'文字' if words else '关键词'}，这条没有导入；关键词：{said}")
        _comment(draft, rule.name, comments)
        return
    if comments:
        _comment(draft, rule.name, comments)
    draft.rules.append(_yaml([_as_rule(draft, rule, number, words, texts)]))
    draft.count += 1


def _as_rule(
    draft: _Draft, rule: Keywords, number: int, words: Sequence[tuple[str, bool]], texts: list[str]
) -> dict[str, object]:
    name = f"imported-{draft.account}-{number}"
    groups = {
        mode: [word for word, whole in words if whole == (mode == "equals")]
        for mode in ("contains", "equals")
    }
    phrases = [{"words": found, "mode": mode} for mode, found in groups.items() if found]
    return {
        "id": name,
        **({"note": rule.name} if rule.name.strip() else {}),
        "say": {"any": phrases},
        "where": {"channel": ["oa"]},
        "priority": PRIORITY,
        "do": _steps(draft, rule, f"auto-{number}", texts),
        "cases": [{"text": word, "hit": True} for word, _ in words],
    }


def _steps(draft: _Draft, rule: Keywords, topic: str, texts: list[str]) -> list[object]:
    if not rule.at_random or len(texts) == 1:
        return [{"reply": _escaped(text)} for text in texts]
    if draft.can_vary and not any(True for text in texts for _ in claims(text)):
        draft.variants[topic] = [_escaped(text) for text in texts]
        return [{"topic": {"name": topic, "persona": f"imported-{draft.account}"}}]
    rest = " / ".join(" ".join(text.split()) for text in texts[1:])
    _comment(draft, rule.name, [f"后台是随机回一条，这里只回第一条；其余：{rest}"])
    return [{"reply": _escaped(texts[0])}]


def _write_default(draft: _Draft, default: Reply | None) -> None:
    if default is None:
        return
    said = " ".join(default.text.split()) or default.by_hand
    _comment(
        draft,
        "没有命中关键词时的回复",
        [f"后台回「{said}」；店小二的在人设的 replies.fallback，要照旧就改那里"],
    )


def _greeting(draft: _Draft, follow: Reply | None, content: Content) -> str:
    if follow is None:
        return ""
    if not follow.text:
        draft.by_hand.append(f"被关注回复是{follow.by_hand}：请手工处理")
        return ""
    if any(one.occasion == "follow" and not one.key for one in content.welcomes):
        said = " ".join(follow.text.split())
        draft.by_hand.append(
            f"被关注回复「{said}」：welcomes/ 里已有 occasion: follow 的默认欢迎语，要照旧就改那里"
        )
        return ""
    name = f"imported-{draft.account}-follow"
    welcome = {"id": name, "occasion": "follow", "text": _escaped(follow.text)}
    return f"# 公众号 {draft.account} 后台的被关注回复，由 rules import 写成。\n{_yaml([welcome])}"


def _persona(draft: _Draft, content: Content) -> str:
    hours = content.personas[content.default_persona].hours.text
    persona = {
        "id": f"imported-{draft.account}",
        "name": f"后台原有的说法（{draft.account}）",  # a name of its own: personas are told by it
        "voice": "照后台原样，随机挑一条",
        **({"hours": hours} if hours else {}),
        "replies": draft.variants,
    }
    head = f"# 公众号 {draft.account} 后台里随机回的那几条，由 rules import 写成。"
    return f"{head}\n{_yaml(persona)}"


def _comment(draft: _Draft, name: str, comments: Sequence[str]) -> None:
    for one in comments:
        line = " ".join(f"「{name}」{one}".split())
        draft.rules.append(f"# {line}\n")
        draft.by_hand.append(line)


def _usable(word: str) -> bool:
    return bool(comparable(word)) and len(word) <= LONGEST_PHRASE


def _escaped(text: str) -> str:
    """Return a text whose braces stand for themselves.

    >>> _escaped("{a}")
    '{{a}}'
    """
    return text.replace("{", "{{").replace("}", "}}")


def _yaml(value: object) -> str:
    lines: Iterator[str] = iter(
        yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=_WIDTH).splitlines()
    )
    return "\n".join(lines) + "\n"
