"""Judge an expectation: what is on a phone, on a page, known of a customer, or in the book."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping

from twin.known import known_of
from twin.people import Seen
from twin.scripts.links import links_of
from twin.scripts.player import Player
from twin.scripts.script import Step
from twin.scripts.spans import span_s
from twin.shape import Json
from twin.stage import Stage

WITHIN_S = 5.0  # how long something is awaited that names no `within`
_LOOK_S = 0.02
_LISTED = 6
_SHORT = 120
_COMPARED: Mapping[str, Callable[[int, int], bool]] = {
    "": int.__eq__,
    ">=": int.__ge__,
    "<=": int.__le__,
    ">": int.__gt__,
    "<": int.__lt__,
}
_NUMBER = re.compile(r"(>=|<=|>|<)?\s*(\d+)")
_SOUGHT = ("sees", "matches", "attachment", "link", "from")


class Disappointment(Exception):
    """An expectation did not come true: what was expected, and what there was instead."""

    def __init__(self, *, expected: str, instead: str) -> None:
        super().__init__(f"{expected}; {instead}")
        self.expected = expected
        self.instead = instead


async def judge(player: Player, step: Step) -> None:
    """Wait until what a step expects is there. Raises Disappointment when its time is over."""
    asked = step.value if isinstance(step.value, dict) else {}
    for word, check in _JUDGES.items():
        if word in asked:
            await check(player, step, asked)
            return
    await _sees(player, step, asked)


async def _sees(player: Player, step: Step, asked: Json) -> None:
    times = asked.get("times", ">=1")
    told = f"看到{_described(asked)}"
    told += f" {times} 次" if "times" in asked else ""

    def look() -> Disappointment | None:
        news = _news(player, step.who, player.since)
        if _fits(times, sum(_is_sought(one, asked) for one in news)):
            return None
        return Disappointment(expected=f"{step.who} {told}", instead=_phone(news))

    await _until(look, _limit(step, asked))


async def _nothing(player: Player, step: Step, asked: Json) -> None:
    seconds = span_s(asked["nothing"])
    await asyncio.sleep(seconds)
    news = [one for one in _news(player, step.who, player.before) if _is_sought(one, asked)]
    if news:
        told = f"{step.who} {seconds:g} 秒里看不到{_described(asked)}"
        raise Disappointment(expected=told, instead=_phone(news))


async def _page(player: Player, step: Step, asked: Json) -> None:
    page = player.pages.get(step.who)
    words = str(asked["page"])
    if page is None:
        raise Disappointment(expected=f"页面上有「{words}」", instead="还没有打开过页面")
    if words not in page:
        text = " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.S).split())
        raise Disappointment(expected=f"页面上有「{words}」", instead=f"页面上是：{_cut(text)}")


async def _answer(player: Player, step: Step, asked: Json) -> None:
    words = str(asked["answer"])
    if words not in player.answer:
        instead = player.answer or "还没有推过单、核销过券"
        raise Disappointment(expected=f"应答里有「{words}」", instead=_cut(instead))


async def _book(player: Player, step: Step, asked: Json) -> None:
    wanted = asked["book"] if isinstance(asked["book"], dict) else {}

    def look() -> Disappointment | None:
        found = counts(player.stage)
        wrong = [name for name in wanted if not _fits(wanted[name], found.get(name, 0))]
        if not wrong:
            return None
        return Disappointment(
            expected="账本里 " + "、".join(f"{name} 为 {wanted[name]}" for name in wrong),
            instead="账本里 " + "、".join(f"{name} 为 {found.get(name, 0)}" for name in wrong),
        )

    await _until(look, _limit(step, asked))


async def _contact(player: Player, step: Step, asked: Json) -> None:
    wanted = asked["contact"] if isinstance(asked["contact"], dict) else {}
    who = str(wanted.get("who", step.who))

    def look() -> Disappointment | None:
        known = _known(player.stage, who)
        wrong = [one for one in wanted if one != "who" and not _holds(known, one, wanted[one])]
        if not wrong:
            return None
        return Disappointment(
            expected="，".join(f"{who} 的 {name} 为 {_listed(wanted[name])}" for name in wrong),
            instead="，".join(
                f"{_field(name)} 为 {_listed(known[_field(name)])}" for name in wrong
            ),
        )

    await _until(look, _limit(step, asked))


async def _until(look: Callable[[], Disappointment | None], limit_s: float) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + limit_s
    while (wrong := look()) is not None:
        if loop.time() >= until:
            raise wrong
        await asyncio.sleep(_LOOK_S)


def counts(stage: Stage) -> Mapping[str, int]:
    """Return what a script may expect of the book: its whole numbers, and three of its own.

    `lost`: callbacks that were sent and never answered; `refused`: calls with an errcode that no
    fault planted; `double_shown`: messages that one happening's answer put twice on a phone.
    """
    entries = stage.book.entries
    told = {name: n for name, n in stage.book.summary().items() if isinstance(n, int)}
    posts = [one for one in entries if one["kind"] == "callback" and one["attempt"] != 0]
    answered = {one["happening"] for one in posts if one["delivered"]}
    passive = [one["happening"] for one in entries if _is_passive(one)]
    return {
        **told,
        "lost": len({one["happening"] for one in posts} - answered),
        "refused": sum(
            one["kind"] == "call" and one["errcode"] != 0 and not one["fault"] for one in entries
        ),
        "double_shown": len(passive) - len(set(passive)),
    }


def _is_passive(entry: Json) -> bool:
    return entry["kind"] == "shown" and entry["via"] == "passive"


def _news(player: Player, who: str, marks: Mapping[str, int]) -> list[Seen]:
    employee = player.stage.world.employee(who)
    name = employee.userid if employee else who
    return (player.stage.phone(who) or [])[marks.get(who, marks.get(name, 0)) :]


def _is_sought(seen: Seen, asked: Json) -> bool:
    words = "\n".join((seen.text, *map(str, seen.attachments)))
    found = (
        str(asked.get("sees", "")) in words,
        re.search(str(asked.get("matches", "")), words) is not None,
        asked.get("on", seen.channel) == seen.channel,
        asked.get("from", seen.sender) == seen.sender,
        "attachment" not in asked or asked["attachment"] in _kinds(seen),
        "link" not in asked or any(str(asked["link"]) in one for one in links_of(seen)),
    )
    return all(found)


def _kinds(seen: Seen) -> list[object]:
    return [one.get("type") for one in seen.attachments]


def _described(asked: Json) -> str:
    told = [f"「{asked[name]}」" if name == "sees" else f"{name}「{asked[name]}」"
            for name in _SOUGHT if name in asked]  # fmt: skip
    where = f"（{asked['on']}）" if "on" in asked else ""
    return ("、".join(told) or "任何新消息") + where


def _limit(step: Step, asked: Json) -> float:
    return span_s(asked["within"]) if "within" in asked else WITHIN_S


def _fits(wanted: object, found: int) -> bool:
    number = _NUMBER.fullmatch(str(wanted))
    return number is not None and _COMPARED[number[1] or ""](found, int(number[2]))


def _known(stage: Stage, who: str) -> Json:
    person = stage.crowd.person(who)
    told = known_of(stage, person) if person else {"groups": [], "labels": [], "remark": ""}
    ids = told["groups"] if isinstance(told["groups"], list) else []
    names = [stage.groups.by_id[one].name for one in ids]
    return {**told, "groups": [*ids, *names], "tags": told.get("fan_tags", [])}


def _field(name: str) -> str:
    return name.removeprefix("no_")


def _holds(known: Json, name: str, wanted: object) -> bool:
    found = known.get(_field(name), [])
    if isinstance(found, str):
        return str(wanted) in found
    has = (
        [one in found for one in wanted]
        if isinstance(found, list) and isinstance(wanted, list)
        else []
    )
    return not any(has) if name.startswith("no_") else all(has)


def _phone(news: list[Seen]) -> str:
    if not news:
        return "手机上没有新消息"
    told = [
        f"[{one.channel}] {_cut(one.text)}" + "".join(f" ⟨{kind}⟩" for kind in _kinds(one))
        for one in news[-_LISTED:]
    ]
    return "手机上是：" + "".join(f"\n    {line}" for line in told)


def _listed(value: object) -> str:
    return "、".join(map(str, value)) or "空" if isinstance(value, list) else f"「{value}」"


def _cut(text: str) -> str:
    line = " / ".join(part.strip() for part in text.splitlines() if part.strip())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


_JUDGES: Mapping[str, Callable[[Player, Step, Json], Awaitable[None]]] = {
    "nothing": _nothing,
    "page": _page,
    "answer": _answer,
    "book": _book,
    "contact": _contact,
}
