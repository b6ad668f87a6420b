"""The verbs that ask rules what they would do: `try`, and `rules replay` over what happened."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, given, needed

StageOption = Annotated[
    str,
    typer.Option(
        help="阶段：visitor（不给就是它）、registered、first_order、taster、advocate",
        show_default=False,
    ),
]
AtOption = Annotated[str, typer.Option(help="门店当地的时刻，如 2026-10-01T10:00；不给就是现在")]
MemberOption = Annotated[
    str, typer.Option(help="当作这位会员现在来说：标签、阶段、门店、次数都从数据库里读")
]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="一行一句的文件：每句打印一行，先规则后原话")
]
CandidatesOption = Annotated[
    bool, typer.Option("--candidates", help="只讲沾边的规则；规则上万时快得多")
]


def try_(
    text: Annotated[str, typer.Argument(help="顾客说的话")] = "",
    home: HomeOption = None,
    store: Annotated[str, typer.Option(help="门店，如 S012")] = "",
    channel: Annotated[str, typer.Option(help="渠道：oa、wecom、kf、group、app、aibot")] = "oa",
    group: Annotated[str, typer.Option(help="在哪个群池的群里，如 pets")] = "",
    on: Annotated[str, typer.Option(help="场合：text、follow、scan、menu、contact…")] = "text",
    key: Annotated[str, typer.Option(help="活码的 scene/state，或菜单 key")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="顾客已有的标签，可重复")] = None,
    stage: StageOption = "",
    at: AtOption = "",
    person: Annotated[str, typer.Option(help="会员号：按份额分流的规则用它算在哪一份")] = "",
    member: MemberOption = "",
    file: FileOption = None,
    rule: Annotated[str, typer.Option(help="再讲讲这条规则，不沾边也讲")] = "",
    candidates: CandidatesOption = False,
    as_json: JsonOption = False,
) -> int:
    """试一句话：哪条规则会命中，会说什么，别的为什么没命中。不给 --home 就用样例。"""
    from commands import try_ as verb

    asked = verb.Asked(
        text=text, file=file, store=store, channel=channel, group=group, on=on, key=key,
        tags=frozenset(tag or ()), stage=stage, at=at, person=person, member=member, rule=rule,
        candidates=candidates, as_json=as_json,
    )  # fmt: skip
    return verb.run(asked, given(home))


def replay(
    draft: Annotated[Path, typer.Option("--draft", help="草稿规则的文件夹")],
    home: HomeOption = None,
    since: Annotated[
        str, typer.Option("--since", help="从多久以前起：7d、12h、30m；不给就是 7d")
    ] = "",
    begin: Annotated[
        str, typer.Option("--from", help="从何时起，门店当地时间：2026-10-01 或 2026-10-01T08:00")
    ] = "",
    end: Annotated[str, typer.Option("--to", help="到何时为止（不含），写法同 --from")] = "",
    limit: Annotated[int, typer.Option(help="最多逐条列出几件；合计总是全部")] = 20,
    as_json: JsonOption = False,
) -> int:
    """用留下来的事件试一套草稿规则：谁会得到不同的回复、券、标签、群。什么都不改。"""
    from commands.replay import verb

    asked = verb.Asked(
        draft=draft.resolve(),
        since=since,
        begin=begin,
        end=end,
        limit=limit,
        as_json=as_json,
    )
    return verb.run(needed(home), asked)
