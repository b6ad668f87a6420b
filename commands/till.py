"""`till pin` and `till key`: make what opens a store's till, and print what to paste where."""

import getpass
import hashlib
import json
import secrets
import sys
from pathlib import Path

from commands.parts.problems import FINE, USAGE, stop
from config.pins import (
    GENERATED_DIGITS,
    MAX_PIN_DIGITS,
    MIN_PIN_DIGITS,
    is_pin,
    new_pin,
    pin_digest,
)
from config.rosters import STORES, read_cells
from config.shop import STORE_HEADERS

_ROLES = {"cashier": ("cashier_pin", "收银"), "manager": ("manager_pin", "店长")}
_KEY_BYTES = 16


def pin(store: str, role: str, *, home: Path | None, generate: bool, as_json: bool) -> int:
    """Ask for a PIN without showing it, or make one; print the digest to paste into stores.csv."""
    if role not in _ROLES:
        stop(f"--role 应为 {' 或 '.join(_ROLES)}，不是 {role}", USAGE)
    _check_store(home, store)
    column, name = _ROLES[role]
    chosen = new_pin() if generate else _asked()
    shown = {"store": store, "column": STORE_HEADERS[column], "digest": pin_digest(chosen)}
    if generate:
        shown["pin"] = chosen
    if as_json:
        print(json.dumps({"v": 1, **shown}, ensure_ascii=False))
        return FINE
    if generate:
        print(f"{store} 的{name} PIN：{chosen}（只显示这一次，当面告诉店里）")
    _tell(shown)
    return FINE


def key(store: str, *, home: Path | None, as_json: bool) -> int:
    """Make a key for the till's system of a store; print it once, and the digest to paste."""
    _check_store(home, store)
    secret = secrets.token_hex(_KEY_BYTES)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    shown = {"store": store, "column": STORE_HEADERS["redeem_key_sha256"], "digest": digest}
    if as_json:
        print(json.dumps({"v": 1, **shown, "key": secret}, ensure_ascii=False))
        return FINE
    print(f"{store} 的核销密钥：{secret}（只显示这一次，填进收银系统）")
    _tell(shown)
    return FINE


def _tell(shown: dict[str, str]) -> None:
    print(f"把下面这一串贴进 stores.csv 里 {shown['store']} 那行的“{shown['column']}”列，再重启：")
    print(shown["digest"])


def _check_store(home: Path | None, store: str) -> None:
    if home is None:
        return
    rows, _ = read_cells(home, STORES)
    known = [row.get("id", "") for row in rows]
    if store not in known:
        stop(f"{home / STORES.file} 里没有门店 {store}", USAGE)


def _asked() -> str:
    wanted = f"{MIN_PIN_DIGITS} 到 {MAX_PIN_DIGITS} 位数字，不能全一样，也不能是顺子"
    if not sys.stdin.isatty():
        chosen = sys.stdin.readline().strip()
    else:
        chosen = getpass.getpass(f"新的 PIN（{wanted}，推荐 {GENERATED_DIGITS} 位）：")
        if is_pin(chosen) and getpass.getpass("再输一次：") != chosen:
            stop("两次输的不一样，什么也没有改", USAGE)
    if not is_pin(chosen):
        stop(f"PIN 应为 {wanted}", USAGE)
    return chosen
