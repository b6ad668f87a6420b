"""A set of replies as the files of a home: rules, a welcome, and a persona for random ones."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from commands.importing.dumped import LARGEST_BYTES, dumped, escaped
from commands.importing.order import ranks
from commands.importing.replies import IMPORTED, Reply, ReplySet
from commands.importing.rules import TEXT_BYTES, Draft, write_rule
from config.nouns import Content

ORIGIN = "# 来源 "  # the line by which a set that was imported before is known
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,48}")  # leaves an id of content room for its other words


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Files by their place in the home, and what is left to a person."""

    files: Mapping[str, str]
    by_hand: tuple[str, ...]
    rules: int
    personas: tuple[str, ...] = ()


def written(found: ReplySet, name: str, content: Content, *, priority: int) -> Written:
    """Return the files that answer as the set did; what they cannot is a comment in them.

    The first rule has this `priority`, and none a higher one. `content` is the home's: its own
    greeting stays, and random answers, which a persona gives, need one that speaks by default.
    """
    can_vary = bool(content.personas and content.default_persona)
    draft = Draft(
        name=name,
        content_id=f"{IMPORTED}{_plain(name)}",
        longest_bytes=TEXT_BYTES - len(content.automatic_mark.encode()),
        channels=found.channels,
        examples=found.examples,
        can_vary=can_vary,
    )
    draft.by_hand += found.remarks
    for number, (rule, rank) in enumerate(
        zip(found.rules, ranks(found, priority), strict=True), start=1
    ):
        write_rule(draft, rule, number, rank)
    _write_default(draft, found.default)
    files = dict(_rule_files(draft, found))
    if draft.variants:
        files[f"personas/imported-{name}.yaml"] = _persona(draft, found, content)
    greeting = _greeting(draft, found, content)
    if greeting:
        files[f"welcomes/imported-{name}.yaml"] = greeting
    return Written(
        files=files,
        by_hand=tuple(draft.by_hand),
        rules=draft.count,
        personas=(draft.content_id,) if draft.variants else (),
    )


def _plain(name: str) -> str:
    """Return a name as an id of content may have it: a digest of one with other characters."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _rule_files(draft: Draft, found: ReplySet) -> Iterator[tuple[str, str]]:
    """Yield the rules in files that each may be read, as a big set takes several."""
    head = _RULES_HEAD + _origin(found)
    files: list[list[str]] = [[]]
    size = 0
    for block in draft.blocks:
        size += len(block.encode())
        if size > LARGEST_BYTES:
            files.append([])
            size = len(block.encode())
        files[-1].append(block)
    for number, blocks in enumerate(files, start=1):
        if blocks:
            part = f"-{number:02}" if number > 1 else ""
            yield f"rules/imported-{draft.name}{part}.yaml", "\n".join([head, *blocks])


_RULES_HEAD = """\
# yaml-language-server: $schema=../rules.schema.json
"""


def _origin(found: ReplySet) -> str:
    return (
        f"# {found.title}，由 rules import 写成，可以随意改。\n"
        f"{ORIGIN}{found.origin}（再导入同一份时靠这一行认出来，请留着）\n"
    )


def _write_default(draft: Draft, default: Reply | None) -> None:
    if default is None:
        return
    said = " ".join(default.text.split()) or default.by_hand
    told = f"原来回「{said}」；店小二的在人设的 replies.fallback，要照旧就改那里"
    draft.remark("没有命中关键词时的回复", [told])


def _greeting(draft: Draft, found: ReplySet, content: Content) -> str:
    if found.follow is None:
        return ""
    if not found.follow.text:
        draft.by_hand.append(f"被关注回复是{found.follow.by_hand}：请手工处理")
        return ""
    if any(one.occasion == "follow" and not one.key for one in content.welcomes):
        said = " ".join(found.follow.text.split())
        draft.by_hand.append(
            f"被关注回复「{said}」：welcomes/ 里已有 occasion: follow 的默认欢迎语，要照旧就改那里"
        )
        return ""
    text = escaped("\n".join(filter(None, [found.follow.text, found.follow.link])))
    if (size := len(text.encode())) > draft.longest_bytes:
        most = f"最多 {draft.longest_bytes} 字节，请改短后写进 welcomes/"
        draft.by_hand.append(f"被关注回复有 {size} 字节，没有写（{most}）：{text[:12]}…")
        return ""
    welcome = {"id": f"{draft.content_id}-follow", "occasion": "follow", "text": text}
    return _origin(found) + dumped([welcome])


def _persona(draft: Draft, found: ReplySet, content: Content) -> str:
    hours = content.personas[content.default_persona].hours.text
    persona = {
        "id": draft.content_id,
        "name": f"原有的说法（{draft.name}）",  # a name of its own: personas are told by it
        "voice": "照原样，随机挑一条",
        **({"hours": hours} if hours else {}),
        "replies": draft.variants,
    }
    return _origin(found) + dumped(persona)
