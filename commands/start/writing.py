"""Writes a new home: settings with secrets of its own, and the content of its channels or all."""

import hashlib
import json
import re
import secrets
import shutil
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

from commands.codes.rows import Place, missing_rows
from commands.parts.compose import SAMPLE_RULES, fill
from commands.start.asking import ADDRESS, Values
from commands.start.channels import ACCOUNT_IDS, CHANNELS, QUESTIONS, accounts_of, parts_of
from config.accounts import AES_KEY_CHARS
from config.home import SAMPLE, instance_key
from config.placeholders import WHERE
from config.rosters import ENTRY_CODES, STORES, as_csv, read_cells
from config.whole import write_whole

SETTINGS = "settings.yaml"
START = SAMPLE.with_name("start")
TOKEN_CHARS = 32  # the most that both platforms take
SCHEMA = "rules.schema.json"
_PRIVATE = 0o600
_LETTERS = string.ascii_letters + string.digits
_LENGTHS = {"token": TOKEN_CHARS, "aes_key": AES_KEY_CHARS, "secret": TOKEN_CHARS}
_SHARED = re.compile(r"^( +(token|aes_key): )fake\w+.*$|^( +(secret): )fakeSecretOfTill.*$", re.M)
_DEMO_TILL = hashlib.sha256(b"demo-till-S012").hexdigest()
_DEMO_PIN = re.compile(r"scrypt:[0-9A-Za-z_:-]+")
# A home's settings say in their first line what they were begun with, so that a second run can
# bring back what is missing, and nothing that never was there.
_BEGUN = re.compile(r"# 店小二的设置（(?:init((?: --channel [a-z]+)+)|样例(?: ([a-z0-9-]+))?)）")
_SAMPLE_LINE = "# 店小二的设置（样例）"


def begun_with(home: Path) -> tuple[str, ...] | None:
    """Return the channels a home was begun with, none for all samples, None when it is unsaid."""
    found = _begun(home)
    if found is None:
        return None
    named = (found[1] or "").split()[1::2]
    return tuple(one for one in named if one in CHANNELS)


def pack_of(home: Path) -> str:
    """Return the pack whose samples a home was begun with, "" for the common ones."""
    found = _begun(home)
    return (found[2] or "") if found else ""


def _begun(home: Path) -> re.Match[str] | None:
    return _BEGUN.match((home / SETTINGS).read_text("utf-8").partition("\n")[0])


def write_samples(home: Path, pack: str = "") -> list[str]:
    """Fill `home` with the samples, or a pack, where it lacks them; return what was written."""
    home.mkdir(parents=True, exist_ok=True)
    # Ours first: `fill` keeps what is there, so the samples' shared secrets never get in.
    own = {SETTINGS: _own_settings} | ({} if pack else {STORES.file: _own_stores})
    texts = {name: make((SAMPLE / name).read_bytes().decode()) for name, make in own.items()}
    if pack:  # a second run knows by the first line what to bring back
        texts[SETTINGS] = texts[SETTINGS].replace(_SAMPLE_LINE, f"{_SAMPLE_LINE[:-1]} {pack}）", 1)
    written = _write_new(home, {name: text.encode() for name, text in texts.items()})
    written += [str(path.relative_to(home)) for path in fill(home, pack)]
    return written + _key(home)


def write_start(home: Path, channels: tuple[str, ...], values: Values) -> list[str]:
    """Write what these channels need where `home` lacks it; return the names of what was written.

    Settings come first: a home that was begun and not finished is known by them.
    """
    home.mkdir(parents=True, exist_ok=True)
    written = _write_new(home, {SETTINGS: _settings(channels, values).encode()})
    written += write_content(home, channels)
    return written


def write_content(home: Path, channels: tuple[str, ...]) -> list[str]:
    """Write what `home` lacks besides settings; return the names of what was written."""
    files = {
        str(path.relative_to(START / part)): path.read_bytes()
        for part in parts_of(channels)
        for path in sorted((START / part).rglob("*"))
        if path.is_file()
    }
    written = _write_new(home, files)
    if not (home / SCHEMA).exists():
        shutil.copyfile(SAMPLE_RULES.parent / SCHEMA, home / SCHEMA)
        written.append(SCHEMA)
    return [*written, *_codes(home, channels), *_key(home)]


def _codes(home: Path, channels: tuple[str, ...]) -> list[str]:
    kinds = tuple(CHANNELS[channel].codes for channel in channels if CHANNELS[channel].codes)
    stores, _ = read_cells(home, STORES)
    places = [Place(store=row["id"], name=row.get("name", "")) for row in stores]
    rows = missing_rows(kinds, places, ()) if kinds else ()
    if not rows:
        return []
    return _write_new(home, {ENTRY_CODES.file: as_csv(ENTRY_CODES.headers, rows)})


def _key(home: Path) -> list[str]:
    fresh = not (home / "instance.key").exists()
    instance_key(home)
    return ["instance.key"] if fresh else []


def _write_new(home: Path, files: Mapping[str, bytes]) -> list[str]:
    missing = [name for name in files if not (home / name).exists()]
    for name in missing:
        mode = _PRIVATE if name == SETTINGS else 0o666  # as the umask leaves it
        write_whole(home / name, files[name], mode=mode)
    return missing


def _own_settings(sample: str) -> str:
    def own(line: re.Match[str]) -> str:
        begin, name = line[1] or line[3], line[2] or line[4]
        return f"{begin}{random_text(_LENGTHS[name])} # 随机生成的，两边填得一样"

    return _SHARED.sub(own, sample)


def _own_stores(sample: str) -> str:
    # Everybody knows the key and the PINs that these belong to.
    return _DEMO_PIN.sub("", sample.replace(_DEMO_TILL, ""))


def random_text(count: int) -> str:
    """Return `count` letters and digits that nobody can guess."""
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _settings(channels: tuple[str, ...], values: Values) -> str:
    begun = "".join(f" --channel {channel}" for channel in channels)
    address = json.dumps(values[ADDRESS])
    blocks = "\n".join("\n".join(_account(kind, values)) for kind in accounts_of(channels))
    return f"""# 店小二的设置（init{begun}）
# 写错的名字、缺少的项、没换掉的占位，用 python run.py check 一次全部列出。
# 密钥也可以写成 ${{环境变量}} 或 {{file: 路径}}；全部设置见 docs/reference/settings.md。

public_url: {address} # 顾客手机能打开的、自己的 https 域名

listen:
  host: 127.0.0.1 # 只听本机，前面放一个 HTTPS 反向代理
  port: 8080

store_zone: Asia/Shanghai # 门店所在时区

accounts:
{blocks}

# 谁可以推数据进来：这里是收银系统的订单和会员。secret 随机生成，两边填得一样。
sources:
  - id: till
    kind: [orders, members]
    secret: {random_text(TOKEN_CHARS)}
"""


def _account(kind: str, values: Values) -> Iterator[str]:
    yield f"  - id: {ACCOUNT_IDS[kind]}"
    yield f"    kind: {kind}"
    if kind == "oa":
        yield "    mode: safe # 消息加解密方式：安全模式"
    yield f"    token: {random_text(TOKEN_CHARS)} # 随机生成的，原样填到平台后台"
    yield f"    aes_key: {random_text(AES_KEY_CHARS)} # EncodingAESKey，也是"
    for question in QUESTIONS[kind]:
        value = json.dumps(values[kind, question.name], ensure_ascii=False)
        yield f"    {question.name}: {value} # {WHERE[kind, question.name]}"
