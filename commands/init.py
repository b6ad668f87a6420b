"""`init`: fills a new home with the samples and secrets of its own, and says what comes next."""

import hashlib
import os
import re
import secrets
import shlex
import string
from collections.abc import Iterator
from pathlib import Path

from commands.parts.compose import fill, open_home
from commands.parts.problems import FINE, USAGE, stop
from config.accounts import AES_KEY_CHARS, Account, OaAccount, is_loopback
from config.home import KEY_FILE, SAMPLE
from config.settings import Settings

SETTINGS, STORES = "settings.yaml", "stores.csv"
TOKEN_CHARS = 32  # the most that both platforms take
_LETTERS = string.ascii_letters + string.digits
_LENGTHS = {"token": TOKEN_CHARS, "aes_key": AES_KEY_CHARS}
_SHARED = re.compile(r"^( +(token|aes_key): )fake\w+.*$", re.MULTILINE)
_SAMPLE_VALUE = re.compile(r"^ +(\w+): (?:\w*fa1e|fake)")
_DEMO_TILL = hashlib.sha256(b"demo-till-S012").hexdigest()
_SYSTEM_FOLDER = "lost+found"  # of a volume that is a file system of its own
_SHEETS = (
    "stores.csv（门店）、staff.csv（导购）、entry_codes.csv（活码）、campaigns/（活动）、"
    "pools/（群池）、personas/（人设）、welcomes/（欢迎语）、menu.yaml（菜单）、rules/（规则）"
)


def run(home: Path) -> int:
    """Fill `home` with what it lacks, and print what to edit, what to paste and what to run.

    Token and EncodingAESKey are new random ones, so that no two installations share them. What is
    there already stays, so repeating is safe. Stops when `home` holds something else, or cannot
    be written.
    """
    if _is_something_else(home):
        stop(f"{home} 里有别的东西，又没有 {SETTINGS}：请换一个空目录，或先搬走里面的文件", USAGE)
    fresh = not (home / SETTINGS).exists()
    try:
        written = _filled(home)
    except OSError as trouble:
        stop(f"{trouble.filename or home} 写不了（{trouble.strerror}）：请检查目录权限")
    settings = open_home(home, with_rules=False).settings
    print(f"家目录 {home}：" + (f"写好了 {written} 个文件" if written else "什么都不缺，没有改动"))
    for line in _next_steps(home, settings, fresh=fresh):
        print(line)
    return FINE


def _is_something_else(home: Path) -> bool:
    if not home.exists():
        return False
    if not home.is_dir():
        return True
    if (home / SETTINGS).exists() or (home / KEY_FILE).exists():
        return False
    names = {path.name for path in home.iterdir()} - {_SYSTEM_FOLDER}
    return any(not name.startswith(".") for name in names)


def _filled(home: Path) -> int:
    """Write what is missing and return how many files that were."""
    home.mkdir(parents=True, exist_ok=True)
    # Ours first: `fill` keeps what is there, so the samples' shared secrets never get in.
    own = {SETTINGS: _own_settings, STORES: _own_stores}
    written = 0
    for name, make in own.items():
        if not (home / name).exists():
            _write_new(home / name, make((SAMPLE / name).read_bytes().decode()))
            written += 1
    return written + len(fill(home))


def _write_new(path: Path, text: str) -> None:
    mode = 0o600 if path.name == SETTINGS else 0o666  # as the umask leaves it
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())


def _own_settings(sample: str) -> str:
    return _SHARED.sub(
        lambda line: f"{line[1]}{_random(_LENGTHS[line[2]])} # 随机生成的，原样填到平台后台", sample
    )


def _own_stores(sample: str) -> str:
    return sample.replace(_DEMO_TILL, "")  # everybody knows the key it belongs to


def _random(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _next_steps(home: Path, settings: Settings, *, fresh: bool) -> Iterator[str]:
    yield f"\n一、改 {home / SETTINGS}"
    text = (home / SETTINGS).read_text("utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _SAMPLE_VALUE.match(line):
            yield f"  第 {number} 行 {found[1]} 还是样例的值"
    if is_loopback(settings.public_url):
        yield "  public_url 还是本机地址：写上顾客手机能打开的 https 域名"
    yield f"  别的文件照着样例换成自己的：{_SHEETS}"
    yield "\n二、到平台后台填回调（先启动 serve 再点保存，平台会立刻来验证网址）"
    for account in settings.accounts:
        yield from _to_paste(account, settings.public_url, fresh=fresh)
    here = shlex.quote(str(home))
    yield "\n三、接着运行"
    yield f"  python run.py check --home {here}"
    yield f"  python run.py serve --home {here}"


def _to_paste(account: Account, public_url: str, *, fresh: bool) -> Iterator[str]:
    base = "https://<您的域名>" if is_loopback(public_url) else public_url
    page = (
        "微信公众平台「设置与开发 → 基本配置 → 服务器配置」"
        if isinstance(account, OaAccount)
        else "企业微信管理后台「应用管理 → 自建应用 → 接收消息 → 设置 API 接收」"
    )
    yield f"  {account.id}：{page}"
    yield f"    URL             {base}{account.callback_path}"
    if not fresh or account.aes_key is None:
        yield f"    Token 等        以 {SETTINGS} 里的为准"
        return
    yield f"    Token           {account.token.get_secret_value()}"
    yield f"    EncodingAESKey  {account.aes_key.get_secret_value()}"
