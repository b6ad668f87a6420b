"""Says what a home's owner does next: what to replace, what to paste where, what to run."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from commands.start.channels import CHANNELS, Channel
from config.accounts import Account
from config.problems import Problem
from config.settings import Settings

VERSION = 1  # of the JSON form
_UNKNOWN = "https://<您的域名>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paste:
    """What belongs into one account's page of the console, and what else the console needs."""

    account: str
    channels: tuple[str, ...]
    pages: tuple[str, ...]
    url: str
    token: str
    aes_key: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything that `init` says: files that were missing, settings to look at, what to paste."""

    home: Path
    written: tuple[str, ...]
    doubts: tuple[Problem, ...]
    paste: tuple[Paste, ...]

    @property
    def commands(self) -> tuple[str, ...]:
        """What to run next, in this order."""
        here = shlex.quote(str(self.home))
        return (f"python run.py check --home {here}", f"python run.py serve --home {here}")


def pastes(settings: Settings, channels: tuple[str, ...] | None) -> tuple[Paste, ...]:
    """Return what to paste for each account; for the `channels` begun with, else for all."""
    # Without an address of their own links lead to this machine, where no platform looks.
    base = settings.public_url if "public_url" in settings.model_fields_set else _UNKNOWN
    found = (_paste(account, base, channels) for account in settings.accounts)
    return tuple(paste for paste in found if paste.pages)


def _paste(account: Account, base: str, begun: tuple[str, ...] | None) -> Paste:
    serving = [one for one in CHANNELS.values() if one.account == account.kind]
    wanted: Sequence[Channel] = [one for one in serving if one.id in (begun or ())] or serving
    return Paste(
        account=account.id,
        channels=tuple(one.id for one in wanted),
        pages=tuple(dict.fromkeys(one.page for one in wanted)),
        url=f"{base}{account.callback_path}",
        token=account.token.get_secret_value(),
        aes_key=account.aes_key.get_secret_value() if account.aes_key else "",
        also=tuple(dict.fromkeys(line for one in wanted for line in one.also)),
    )


def document(told: Told) -> dict[str, object]:
    """Return what is said as values for JSON. It holds Tokens and keys, and no secret of an app."""
    doubts = [{"file": one.file, "line": one.line, "message": one.message} for one in told.doubts]
    return {
        "v": VERSION,
        "home": str(told.home),
        "written": list(told.written),
        "doubts": doubts,
        "accounts": [asdict(paste) for paste in told.paste],
        "next": list(told.commands),
    }


def lines(told: Told) -> Iterator[str]:
    """Yield what is said for people."""
    count = len(told.written)
    yield f"家目录 {told.home}：" + (f"写好了 {count} 个文件" if count else "什么都不缺，没有改动")
    yield "\n一、改 settings.yaml" + ("" if told.doubts else "：没有占位，不用改")
    for each in told.doubts:
        yield f"  {each}"
    yield "\n二、检查，然后启动，前面放好 HTTPS（平台要从公网连得进来）"
    for command in told.commands:
        yield f"  {command}"
    yield "\n三、到平台后台照下面填，再点保存；平台会立刻来验证网址，所以要先启动"
    for paste in told.paste:
        yield from _pasted(paste)
    yield "\n四、换成自己的内容"
    yield "  门店、导购    python run.py stores import 门店.csv、staff import 导购.csv"
    yield "  门店活码      python run.py codes make --kind door --out 文件夹"
    yield "  其余          campaigns/（活动）、personas/（人设）、welcomes/（欢迎语）、rules/"


def _pasted(paste: Paste) -> Iterator[str]:
    titles = "、".join(CHANNELS[channel].title for channel in paste.channels)
    yield f"  {paste.account}（{titles}）"
    for page in paste.pages:
        yield f"    在              {page}"
    yield f"    URL             {paste.url}"
    yield f"    Token           {paste.token}"
    if paste.aes_key:
        yield f"    EncodingAESKey  {paste.aes_key}"
    for number, line in enumerate(paste.also, start=1):
        yield f"    另外{number}           {line}"
