"""Reads and checks everything an operator writes in a home folder besides settings and rules."""

import dataclasses
import os.path
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from config.benefits import campaign, pool, too_many_welcomes
from config.calendar import Calendar
from config.codes import read_home_codes
from config.dialogues import unknown_topics
from config.fields import Fields
from config.files import MAX_YAML_BYTES, read_text
from config.holidays import holidays
from config.hours import NEVER, BadHours, Hours, hours_of
from config.ladder import stages
from config.menu import menu
from config.notes import CheckText, Comparable, Notes
from config.notices import doubts, notice
from config.nouns import Campaign, Content, MenuEntry, Pool
from config.problems import Place, Problem
from config.questions import staff_questions
from config.saying import Written, breaches, doubtful
from config.sheets import read_sheet
from config.shop import (
    ENTRY_CODE_HEADERS,
    STAFF_HEADERS,
    STORE_HEADERS,
    entry_code,
    staff,
    store,
)
from config.voices import persona, welcome
from config.yaml_reader import Node, read_yaml

_Noun = TypeVar("_Noun")
AUTOMATIC_MARK = "（自动回复）"


def any_text(_text: str) -> str | None:
    """Find nothing wrong with any text; for readers that have no slots to check."""
    return None


def read(  # noqa: PLR0913  (what judges texts and time comes from above)
    home: Path,
    *,
    accounts: frozenset[str] | None = frozenset(),
    official: frozenset[str] | None = frozenset(),
    zone: str = "Asia/Shanghai",
    now: datetime | None = None,
    check_text: CheckText = any_text,
    comparable: Comparable = str.casefold,
    fresh: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Content, tuple[Problem, ...]]:
    """Return the content of `home` and every problem of every file, in the order of the files.

    `accounts` are the ids that pools may name, `official` those that notices may, None when
    nobody knows; `check_text` tells what is wrong with a text with slots, or None, and
    `comparable` makes one of what customers type in many ways. `fresh` are texts of files, by
    their place in `home`, that are read as if they were there. What cannot be read is left out,
    so a Content that came with problems of level error is good for looking at and not for
    serving. An unknown `zone` raises ZoneInfoNotFoundError. Reading changes nothing.
    """
    notes = Notes(
        now=now or datetime.now(UTC),
        zone=ZoneInfo(zone),
        check_text=check_text,
        comparable=comparable,
        unchecked=frozenset(
            kind for kind, ids in (("账号", accounts), ("公众号", official)) if ids is None
        ),
    )
    for account in accounts or ():
        notes.define("账号", account, Place("settings.yaml"))
    for account in official or ():
        notes.define("公众号", account, Place("settings.yaml"))
    if not home.is_dir():
        return Content(store_zone=zone), (Place(str(home)).problem("没有这个目录"),)
    content = _Home(home, notes, official, fresh).content(zone)
    problems = (*notes.problems, *notes.missing())
    return content, tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))


class _Home:
    """Reads the files of one home, each kind of noun into its place."""

    def __init__(
        self,
        home: Path,
        notes: Notes,
        official: frozenset[str] | None,
        fresh: Mapping[str, str],
    ) -> None:
        self._home = home
        self._fresh = fresh
        self._notes = notes
        self._official = official
        self._written: list[Written] = []

    def content(self, zone: str) -> Content:
        stores = self._sheet("stores.csv", STORE_HEADERS, store)
        staffs = self._sheet("staff.csv", STAFF_HEADERS, staff)
        codes = self._sheet("entry_codes.csv", ENTRY_CODE_HEADERS, entry_code)
        personas = self._folder("personas", lambda fields: persona(fields, self._written))
        campaigns = self._folder("campaigns", self._campaign)
        notices = self._folder("notices", lambda fields: notice(fields, self._official))
        pools = self._folder("pools", self._pool)
        self._notes.problems.extend(too_many_welcomes(pools))
        content = Content(
            stores=_by_id(stores, lambda each: each.id),
            staff=_by_id(staffs, lambda each: each.userid),
            entry_codes=_by_id(codes, lambda each: each.key),
            personas=_by_id(personas, lambda each: each.id),
            campaigns=_by_id(campaigns, lambda each: each.id),
            pools=_by_id(pools, lambda each: each.id),
            welcomes=self._folder("welcomes", welcome),
            notices=_by_id(notices, lambda each: each.id),
            menu=self._menu(),
            store_zone=zone,
            calendar=self._calendar(),
            automatic_mark=AUTOMATIC_MARK,
        )
        content = self._with_defaults(content)
        self._notes.problems.extend(breaches(content, tuple(self._written)))
        self._notes.problems.extend(doubtful(content, tuple(self._notes.said)))
        self._notes.problems.extend(unknown_topics(content))
        self._notes.problems.extend(doubts(content))
        return content

    def _with_defaults(self, content: Content) -> Content:
        node = self._tree("content.yaml")
        if node is None:
            if content.personas:
                self._notes.add(Place("content.yaml"), "default_persona: 缺少这一项")
            return content
        fields = Fields(node, self._notes)
        content = dataclasses.replace(
            content,
            default_persona=fields.ref("default_persona", "人设", required=bool(content.personas)),
            member_persona=fields.ref("member_persona", "人设"),
            store_persona=fields.ref("store_persona", "人设"),
            newcomer_campaign=fields.ref("newcomer_campaign", "活动"),
            staff_questions=staff_questions(fields),
            person_words=fields.texts("person_words"),
            unsubscribe_words=fields.texts("unsubscribe_words"),
            less_words=fields.texts("less_words"),
            resume_words=fields.texts("resume_words"),
            automatic_mark=fields.text("automatic_mark", AUTOMATIC_MARK),
            kf_link=_link(fields),
            quiet_hours=_quiet(fields),
            stages=stages(fields),
            after_order=fields.template("after_order"),
        )
        fields.finish()
        return content

    def _campaign(self, fields: Fields) -> Campaign:
        read = campaign(fields, now=self._notes.now)
        if not read.codes_file:
            return read
        codes, problems = read_home_codes(self._home, read.codes_file)
        for problem in problems:
            if problem.line:
                self._notes.problems.append(problem)
            else:  # of the file as a whole, whose name stands here
                say = fields.refuse if problem.level == "error" else fields.warn
                say("codes_file", f"{problem.file} {problem.message}")
        if not codes:
            fields.refuse("codes_file", "这个活动没有库存：券码文件里没有可用的券码")
        elif read.stock > len(codes):
            fields.refuse("stock", f"库存 {read.stock} 多于券码文件里的 {len(codes)} 个")
        return dataclasses.replace(read, stock=min(read.stock or len(codes), len(codes)))

    def _pool(self, fields: Fields) -> Pool:
        return pool(fields, now=self._notes.now, official=self._official)

    def _calendar(self) -> Calendar:
        calendar, problems = holidays(self._home)
        self._notes.problems.extend(problems)
        return calendar

    def _menu(self) -> tuple[MenuEntry, ...]:
        node = self._tree("menu.yaml")
        if node is None:
            return ()
        fields = Fields(node, self._notes)
        entries = menu(fields)
        fields.finish()
        return entries

    def _sheet(
        self, name: str, headers: Mapping[str, str], make: Callable[[Fields], _Noun]
    ) -> tuple[_Noun, ...]:
        if not (self._home / name).exists():
            return ()
        rows, problems = read_sheet(self._home, name, headers)
        self._notes.problems.extend(problems)
        return tuple(self._made(row, make) for row in rows)

    def _folder(self, name: str, make: Callable[[Fields], _Noun]) -> tuple[_Noun, ...]:
        return tuple(self._made(node, make) for node in self._nodes(name))

    def _nodes(self, folder: str) -> Iterator[Node]:
        """Yield each noun of each file; a file holds one, or a list of them."""
        listed = self._listed(folder) if (self._home / folder).is_dir() else []
        coming = [self._home / name for name in self._fresh if name.startswith(f"{folder}/")]
        for path in sorted({*listed, *coming}):
            name = f"{folder}/{path.name}"
            if path.suffix != ".yaml":
                self._notes.add(Place(name), "不会读取：只读取 .yaml 文件", level="warning")
            elif node := self._tree(name):
                yield from node.value if isinstance(node.value, tuple) else (node,)

    def _listed(self, folder: str) -> list[Path]:
        try:
            return [*(self._home / folder).iterdir()]
        except OSError as error:
            self._notes.add(Place(folder), f"读不了：{error.strerror}")
            return []

    def _tree(self, name: str) -> Node | None:
        if name in self._fresh:
            return self._parsed(name, self._fresh[name])
        if not os.path.lexists(self._home / name):
            return None
        text, problems = read_text(self._home, name, limit_bytes=MAX_YAML_BYTES)
        self._notes.problems.extend(problems)
        return None if text is None else self._parsed(name, text)

    def _parsed(self, name: str, text: str) -> Node | None:
        node, problems = read_yaml(text, name)
        self._notes.problems.extend(problems)
        return node

    def _made(self, node: Node, make: Callable[[Fields], _Noun]) -> _Noun:
        fields = Fields(node, self._notes)
        noun = make(fields)
        fields.finish()
        return noun


def _link(fields: Fields) -> str:
    url = fields.text("kf_link")
    if url and not url.startswith("https://"):
        fields.refuse("kf_link", "应为 https:// 开头的客服链接（微信客服里为一个场景生成）")
        return ""
    return url


def _quiet(fields: Fields) -> Hours:
    try:
        return hours_of(fields.text("quiet_hours"))
    except BadHours:
        fields.refuse("quiet_hours", "应为起止时间，如 22:00-08:00")
        return NEVER


def _by_id(nouns: tuple[_Noun, ...], name: Callable[[_Noun], str]) -> Mapping[str, _Noun]:
    """Return the nouns by id; of two of one id the first, as the problem about it says."""
    by_id: dict[str, _Noun] = {}
    for noun in nouns:
        by_id.setdefault(name(noun), noun)
    return by_id
