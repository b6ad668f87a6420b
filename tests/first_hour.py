"""The troubles of a first hour, each planted at the twin, the proxy or in the settings."""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.clinic import Clinic

SHORT_KEY = "A" * 42
CONTACT = "/cgi-bin/externalcontact"
STRANGERS = itertools.count(1)
Trouble = Callable[[Clinic], AbstractContextManager[object]]


@contextmanager
def refused(shop: Clinic, account: str, trouble: str, step: str, **rest: object) -> Iterator[None]:
    """A trouble that shows when a callback comes; afterwards one comes that is fine."""
    since_s = time.time()
    with shop.planted(account, trouble, **rest):
        happen(shop, account)
        shop.refused(account, step, since_s)
        yield
    happen(shop, account)


def happen(shop: Clinic, account: str) -> None:
    """Let a callback come to the account, whoever is its customer by then."""
    if account.startswith("wecom"):
        told = shop.do("edit_contact", "乙", staff="xiaowang", remark=f"乙{time.time():.3f}")
        if "error" in told:
            shop.do("add_contact", "乙", code="staff-xiaowang-S012")
    elif "error" in shop.do("type", "乙", account=account, text=f"早{time.time():.3f}"):
        shop.do("follow", "乙", account=account)


@contextmanager
def short_key(shop: Clinic) -> Iterator[None]:
    """One character of an AES key was not copied."""
    with shop.changed("oa-key", aes_key=SHORT_KEY):
        yield


@contextmanager
def console_welcome(shop: Clinic) -> Iterator[None]:
    """An employee whom the console lets greet; afterwards one contact has a code again."""
    with shop.planted("wecom-main", "console_welcome", staff="xiaoli"):
        shop.do("add_contact", f"客{next(STRANGERS):03}", code="staff-xiaoli-S001")
        yield
    shop.do("add_contact", f"客{next(STRANGERS):03}", code="staff-xiaoli-S001")


PLANTS: dict[str, tuple[str, Trouble, str, str, str]] = {
    # account, trouble, the check that names it, a word of what was found, one of the next step
    "a wrong Token": (
        "oa-main", lambda s: refused(s, "oa-main", "wrong_token", "signature"),
        "token_setting", "Token 与设置里的不一样", "accounts[0].token",
    ),
    "an AES key of 42 characters": (
        "oa-key", short_key, "settings", "应为 43 个字符，现为 42 个", "EncodingAESKey 整个复制",
    ),
    "another AES key": (
        "oa-main", lambda s: refused(s, "oa-main", "wrong_aes_key", "padding"),
        "aes_key", "EncodingAESKey 与设置里的不一样", "accounts[0].aes_key",
    ),
    "another receiver id": (
        "wecom-main",
        lambda s: refused(s, "wecom-main", "wrong_receiver", "receiver", value="wwOther9"),
        "receiver", "接收方是 wwOther9", "].corpid",
    ),
    "a clock ten minutes off": (
        "oa-main", lambda s: s.planted("oa-main", "clock_off", seconds=600),
        "clock", "10 分钟", "对时",
    ),
    "a proxy that rewrites the path": (
        "oa-main", lambda s: s.spoilt("oa-main", "strip"),
        "callback", "到店小二时变成了 /oa-main", "原样转给店小二",
    ),
    "an echo slower than a second": (
        "wecom-main", lambda s: s.spoilt("wecom-main", "slow"),
        "callback", "5 秒放弃", "慢在哪里",
    ),
    "an address that is not allowed": (
        "oa-ip", lambda s: s.planted("oa-ip", "ip_not_allowed", ip="203.0.113.9"),
        "ip", "203.0.113.9", "IP 白名单",
    ),
    "an address that WeCom does not allow": (
        "wecom-main", lambda s: s.planted("wecom-main", "ip_not_allowed", ip="203.0.113.8"),
        "ip", "203.0.113.8", "企业可信IP",
    ),
    "a missing right": (
        "oa-main", lambda s: s.planted("oa-main", "missing_right", api="/cgi-bin/message/custom"),
        "right.messages", "48001", "接口权限",
    ),
    "a missing right at WeCom": (
        "wecom-main",
        lambda s: s.planted("wecom-main", "missing_right", api=f"{CONTACT}/groupchat"),
        "right.groups", "客户群", "可调用接口的应用",
    ),
    "a welcome in the console": (
        "wecom-main", console_welcome, "welcome", "xiaoli", "欢迎语",
    ),
    "a customer service account of somebody else": (
        "wecom-main", lambda s: s.planted("wecom-main", "kf_unmanaged"),
        "kf_managed", "wkYIDIAN_S012", "通过 API 管理",
    ),
    "automatic replies that are about to stop": (
        "oa-new", lambda _: contextlib.nullcontext(), "auto_reply", "这 5 条", "rules import",
    ),
    "a menu that is about to stop": (
        "oa-new", lambda _: contextlib.nullcontext(), "menu", "2 个一级", "menu push",
    ),
    "an expired secret": (
        "oa-secret", lambda s: s.planted("oa-secret", "secret_expired"),
        "secret", "40125", "AppSecret",
    ),
    "an expired secret of WeCom": (
        "wecom-main", lambda s: s.planted("wecom-main", "secret_expired"),
        "secret", "40001", "Secret",
    ),
    "callbacks that come to another path": (
        "oa-main", lambda s: refused(s, "oa-main", "path_rewritten", "path"),
        "path", "到了 /callback/oa-main/x", "callback_path",
    ),
}  # fmt: skip
