"""One keyword rule of another program as a rule of ours, with its cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from commands.importing.dumped import commented, dumped, escaped, printable
from commands.importing.replies import Example, Keywords, Reply, says
from commands.parts.pictures import TITLE_BYTES, URL_BYTES
from config.claims import claims
from keyword_rules.read_words import LONGEST_PHRASE
from keyword_rules.rule import Mode
from keyword_rules.template import old_style
from keyword_rules.words import comparable

TEXT_BYTES = 2_048  # wecom/kf.md section 5; oa/api.md section 4

Rank = tuple[int, bool]  # priority, and whether the search ends here


@dataclass(slots=True, kw_only=True)
class Draft:
    """What has been written so far: blocks of YAML, variants for a persona, and remarks.

    `name` is for files and rules, `content_id` for the persona and the welcome. `longest_bytes` is
    what a text of theirs may have.
    """

    name: str
    content_id: str
    longest_bytes: int
    channels: tuple[str, ...]
    examples: tuple[Example, ...]
    can_vary: bool
    blocks: list[str] = field(default_factory=list)
    variants: dict[str, list[str]] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    count: int = 0

    def may_vary(self, text: str) -> bool:
        """Whether a persona may say a text: one it may not say keeps a home from being served."""
        return len(escaped(text).encode()) <= self.longest_bytes and not any(claims(text))

    def remark(self, name: str, remarks: Sequence[str]) -> None:
        """Write what concerns a rule of this name as a comment, and keep it for the operator."""
        for one in remarks:
            line = " ".join(f"「{printable(name)}」{printable(one)}".split())
            self.blocks.append(f"{commented(line)}\n")
            self.by_hand.append(line)


def write_rule(draft: Draft, rule: Keywords, number: int, rank: Rank) -> None:
    """Write a rule, or a comment that says why it is none."""
    words = [(printable(word), mode) for word, mode in rule.words if _usable(word)]
    texts = [reply for reply in rule.replies if reply.text]
    if not words or not texts:
        draft.remark(rule.name, [*rule.remarks, _left_out(rule)])
        return
    remarks = [*rule.remarks]
    remarks += [f"原来还回{one.by_hand}，没有导入" for one in rule.replies if one.by_hand]
    if len(words) < len(rule.words):
        remarks.append("有关键词太长或没有看得见的字，没有导入")
    remarks += [_too_long(reply) for reply in texts if len(reply.text.encode()) > TEXT_BYTES]
    slots = [found[1] for reply in texts if (found := old_style(reply.text))]
    remarks += [f"回复里的 {one} 在店小二不是变量，写成了 ％，请改" for one in dict.fromkeys(slots)]
    draft.remark(rule.name, remarks)
    draft.blocks.append(dumped([_as_rule(draft, rule, number, rank, words, texts)]))
    draft.count += 1


def _left_out(rule: Keywords) -> str:
    said = "、".join(word for word, _ in rule.words) or "（没有）"
    answer = "；".join(one.text or one.by_hand for one in rule.replies) or "（没有）"
    return f"没有导入，请手工处理：关键词 {said}，回复 {answer}"


def _too_long(reply: Reply) -> str:
    size = len(reply.text.encode())
    return f"回复有 {size} 字节，平台一条文字最多 {TEXT_BYTES} 字节，请改短：{reply.text[:12]}…"


def _usable(word: str) -> bool:
    return bool(comparable(printable(word))) and len(word) <= LONGEST_PHRASE


def _as_rule(
    draft: Draft, rule: Keywords, number: int, rank: Rank, words: list[tuple[str, Mode]],
    texts: Sequence[Reply],
) -> dict[str, object]:  # fmt: skip
    priority, stops = rank
    modes = dict.fromkeys(mode for _, mode in words)
    phrases = [
        {"words": [word for word, its in words if its is mode], "mode": mode.value}
        for mode in modes
    ]
    note = printable(rule.name).strip()
    cases = _cases(draft.examples, words)
    return {
        "id": f"imported-{draft.name}-{number}",
        **({"note": note} if note else {}),
        "say": {"any": phrases},
        **({"where": {"channel": list(draft.channels)}} if draft.channels else {}),
        "priority": priority,
        **({} if stops else {"continue": True}),
        "do": _steps(draft, rule, f"auto-{number}", texts),
        **({"cases": cases} if cases else {}),
    }


def _cases(examples: Sequence[Example], words: Sequence[tuple[str, Mode]]) -> list[object]:
    """Return each word as a case, and the set's own sentences that have to do with the words."""
    cases = {word: True for word, mode in words if mode is not Mode.REGEX}
    for one in examples:
        if any(says(word, mode, one.text) for word, mode in words):
            cases.setdefault(one.text, True)
        elif any(word.casefold() in one.text.casefold() for word, _ in words):
            cases.setdefault(one.text, False)
    return [{"text": text, "hit": hit} for text, hit in cases.items() if comparable(text)]


def _steps(draft: Draft, rule: Keywords, topic: str, texts: Sequence[Reply]) -> list[object]:
    if not rule.at_random or len(texts) == 1:
        return [_reply(one) for one in texts]
    plain = ["\n".join(filter(None, [one.text, one.link])) for one in texts]
    if draft.can_vary and all(map(draft.may_vary, plain)):
        draft.variants[topic] = [escaped(text) for text in plain]
        return [{"topic": {"name": topic, "persona": draft.content_id}}]
    rest = " / ".join(" ".join(text.split()) for text in plain[1:])
    draft.remark(rule.name, [f"原来是随机回一条，这里只回第一条；其余：{rest}"])
    return [_reply(texts[0])]


def _reply(reply: Reply) -> dict[str, object]:
    text = escaped(reply.text)
    if not reply.link:
        return {"reply": text}
    if len(reply.link.encode()) > URL_BYTES:
        return {"reply": f"{text}\n{escaped(reply.link)}"}
    title = printable(reply.link_title).encode()[:TITLE_BYTES].decode(errors="ignore")
    return {"reply": {"text": text, "link": printable(reply.link), "link_title": title}}
