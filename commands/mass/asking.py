"""What the command line asks of `mass make`, as a letter and a selection."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.events import Letter, Selection
from bot.platforms.media import NoPicture, picture
from bot.platforms.wecom.api.mass import TEXT_BYTES
from commands.parts.compose import Home
from commands.parts.pictures import MEDIA
from commands.parts.problems import USAGE, stop

_TITLE_BYTES, _URL_BYTES = 128, 2048
_ATTACHMENTS = 9
_NAME_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of `mass make`, as they were typed."""

    name: str = ""
    account: str = ""
    to: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    store: str = ""
    stage: str = ""
    everyone: bool = False
    pool: str = ""
    groups: tuple[str, ...] = ()
    staff: str = ""
    text: str = ""
    file: Path | None = None
    link: str = ""
    title: str = ""
    images: tuple[str, ...] = ()
    dry_run: bool = False
    yes: bool = False
    as_json: bool = False


def check_typed(options: Mapping[str, str | Sequence[str] | None]) -> None:
    """Stop for an option that was typed without a word; None is one that was not typed.

    An empty variable of a script would leave nobody out whom it was meant to leave out.
    """
    for option, typed in options.items():
        values = [typed] if isinstance(typed, str) else typed or ()
        if not all([*_words(value)] for value in values):
            stop(f"{option} 后面是空的：写上内容，或去掉 {option}", USAGE)


def letter_of(home: Home, asked: Asked) -> Letter:
    """Return what is to be said; stops with what is missing or too long."""
    text = _text(asked)
    if not (text or asked.link or asked.images):
        stop("群发什么？写 --text「…」或 --file 文件，也可以加 --link、--image", USAGE)
    if len(text.encode()) > TEXT_BYTES:
        stop(f"正文最多 {TEXT_BYTES} 字节，现为 {len(text.encode())}：删短一些", USAGE)
    if len(asked.images) + bool(asked.link) > _ATTACHMENTS:
        stop(f"图片和链接一共最多 {_ATTACHMENTS} 个", USAGE)
    _check_link(asked)
    for name in asked.images:
        try:
            picture(home.folder / MEDIA, name)
        except NoPicture as wrong:
            stop(str(wrong), USAGE)
    return Letter(text=text, link=asked.link, title=asked.title, images=asked.images)


def _text(asked: Asked) -> str:
    if asked.file is None:
        return asked.text.strip()
    if asked.text:
        stop("--text 和 --file 只写一个", USAGE)
    try:
        return asked.file.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        stop(f"读不了 {asked.file}：{trouble}", USAGE)


def _check_link(asked: Asked) -> None:
    if not asked.link and asked.title:
        stop("--title 是链接的标题，要和 --link 一起写", USAGE)
    if not asked.link:
        return
    if not asked.link.startswith(("https://", "http://")) or len(asked.link.encode()) > _URL_BYTES:
        stop(f"--link 应是 http(s):// 开头的网址，最多 {_URL_BYTES} 字节", USAGE)
    if not 0 < len(asked.title.encode()) <= _TITLE_BYTES:
        stop(f"有 --link 就要有 --title，最多 {_TITLE_BYTES} 字节", USAGE)


def selection_of(home: Home, asked: Asked) -> Selection:
    """Return whom it is for; stops for a name that the home does not know, or for nobody at all."""
    chosen = any((asked.to, asked.without, asked.store, asked.stage, asked.everyone))
    chats = _chats(home, asked)
    if chats and chosen:
        stop("--pool、--group 是发到群里，不能和挑顾客的选项一起写", USAGE)
    if not chats and not chosen:
        stop("发给谁？写 --to 标签、--store、--stage，或 --everyone；发到群里写 --pool", USAGE)
    content = home.content
    if asked.store and asked.store not in content.stores:
        stop(f"没有门店 {asked.store}：有 {'、'.join(content.stores) or '（还没有门店）'}", USAGE)
    stages = [rule.stage for rule in content.stages] or ["visitor"]
    if asked.stage and asked.stage not in ("visitor", *stages):
        stop(f"没有阶段 {asked.stage}：有 visitor、{'、'.join(stages)}", USAGE)
    if asked.staff and asked.staff not in content.staff:
        stop(f"staff.csv 里没有员工 {asked.staff}", USAGE)
    return Selection(
        tags=tuple(tuple(_words(one)) for one in asked.to if [*_words(one)]),
        without=tuple(word for one in asked.without for word in _words(one)),
        store=asked.store,
        stage=asked.stage,
        staff=asked.staff,
        chats=chats,
    )


def _chats(home: Home, asked: Asked) -> tuple[str, ...]:
    if asked.pool and asked.pool not in home.content.pools:
        stop(f"没有群池 {asked.pool}：有 {'、'.join(home.content.pools) or '（还没有）'}", USAGE)
    pool = home.content.pools.get(asked.pool)
    listed = [group.chat for group in pool.groups] if pool else []
    return tuple(dict.fromkeys([*listed, *asked.groups]))


def _words(typed: str) -> Iterator[str]:
    for word in typed.replace("，", ",").split(","):
        if word.strip():
            yield word.strip()


def account_of(home: Home, asked: Asked) -> str:
    """Return the WeCom account that hands the message over; stops when it is not plain which."""
    known = [one.id for one in home.settings.accounts if one.kind == "wecom"]
    pool = home.content.pools.get(asked.pool)
    wanted = asked.account or (pool.account if pool else "") or _only(known)
    if wanted not in known:
        stop(f"settings.yaml 里没有企业微信账号 {wanted}：有 {'、'.join(known)}", USAGE)
    return wanted


def _only(known: Sequence[str]) -> str:
    if len(known) != 1:
        told = (
            f"有 {'、'.join(known)}，用 --account 写明" if known else "先在 settings.yaml 里加一个"
        )
        stop(f"群发要用一个企业微信账号：{told}", USAGE)
    return known[0]


def check_name(name: str) -> None:
    """Stop unless a name is short, printable and without spaces around it."""
    if name != name.strip() or not name.isprintable() or len(name) > _NAME_CHARS:
        stop(f"--name 最多 {_NAME_CHARS} 个字，前后不要空格", USAGE)
