"""Reads the sheets of a shop: stores, staff and entry codes."""

import re
from collections.abc import Mapping

from config.fields import Fields
from config.nouns import EntryCode, Staff, Store
from config.pins import is_digest

STORE_HEADERS: Mapping[str, str] = {
    "id": "门店编号",
    "name": "门店名称",
    "city": "城市",
    "address": "地址",
    "hours": "营业时间",
    "phone": "电话",
    "persona": "人设",
    "redeem_key_sha256": "核销密钥摘要",
    "cashier_pin": "收银PIN摘要",
    "manager_pin": "店长PIN摘要",
}
STAFF_HEADERS: Mapping[str, str] = {
    "userid": "企业微信账号",
    "name": "姓名",
    "store": "门店编号",
    "persona": "人设",
}
ENTRY_CODE_HEADERS: Mapping[str, str] = {
    "key": "活码",
    "store": "门店编号",
    "poster": "海报",
    "staff": "导购",
}
MAX_STATE_CHARS = 30  # a contact way's state (wecom/customer-contact.md)
_USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def store(row: Fields) -> Store:
    """Read one row of stores.csv."""
    digest = row.text("redeem_key_sha256").lower()
    if digest and not _DIGEST.fullmatch(digest):
        row.refuse("redeem_key_sha256", "应为 64 位十六进制摘要；不要填密钥本身")
        digest = ""
    return Store(
        id=row.ident("门店"),
        name=row.text("name", required=True),
        city=row.text("city"),
        address=row.text("address"),
        hours=row.text("hours"),
        phone=row.text("phone"),
        persona=row.ref("persona", "人设"),
        redeem_key_sha256=digest,
        cashier_pin=_pin(row, "cashier_pin"),
        manager_pin=_pin(row, "manager_pin"),
    )


def _pin(row: Fields, name: str) -> str:
    digest = row.text(name)
    if digest and not is_digest(digest):
        row.refuse(name, "应为 run.py till pin 打印的摘要（scrypt:…）；不要填 PIN 本身")
        return ""
    return digest


def staff(row: Fields) -> Staff:
    """Read one row of staff.csv."""
    return Staff(
        userid=row.ident("导购", "userid", like=_USERID),
        name=row.text("name", required=True),
        store=row.ref("store", "门店"),
        persona=row.ref("persona", "人设"),
    )


def entry_code(row: Fields) -> EntryCode:
    """Read one row of entry_codes.csv. A key shown by staff is a WeCom state: 30 characters."""
    code = EntryCode(
        key=row.ident("活码", "key"),
        store=row.ref("store", "门店"),
        poster=row.text("poster"),
        staff=row.ref("staff", "导购"),
    )
    if code.staff and len(code.key) > MAX_STATE_CHARS:
        row.refuse("key", f"导购的活码最多 {MAX_STATE_CHARS} 个字符，现为 {len(code.key)} 个")
    return code
