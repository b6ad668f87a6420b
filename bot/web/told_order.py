"""Reads an order as a till or a mini program tells it: strictly, with advice for what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.clock import micros, moment
from bot.events import OrderTold
from bot.shop import Shop
from bot.web.told_names import NAMES, Wrong, names_of
from config.problems import nearest

FIELDS = (
    "order", "revision", "updated_at", "state", "total_fen", "refunded_fen", "paid_at", "store",
    *NAMES,
)  # fmt: skip
_WORDS = {
    "paid": (
        "paid", "completed", "done", "已支付", "已付款", "支付成功", "已完成", "完成", "交易成功",
        "待发货", "已发货", "已收货", "待自提", "已核销", "部分退款",
    ),
    "refunded": ("refunded", "已退款", "退款成功", "全额退款", "全部退款", "退款完成"),
    "cancelled": ("cancelled", "canceled", "已取消", "已关闭", "交易关闭", "已作废", "作废"),
}  # fmt: skip
STATES = {word: state for state, words in _WORDS.items() for word in words}
_IN_PART = ("部分退款",)
_UNPAID = ("待付款", "待支付", "未支付", "未付款", "unpaid", "pending")
_MOST_FEN = 10_000_000_000  # a hundred million yuan
_MOST_REVISION = 2**62
_NUMBER_CHARS, _STORE_CHARS = 128, 64
_AHEAD = timedelta(minutes=10)  # a till's clock may be a little fast
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_ALIKE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An order that was told, and what of it we could not use."""

    event: OrderTold
    remarks: tuple[str, ...] = ()


def heard(item: object, source: str, shop: Shop) -> Heard:
    """Return the order one item tells. Raises Wrong with the field and how to write it.

    Money is whole fen. Without `revision` it is `updated_at` in milliseconds, else what has been
    refunded so far in fen, which only ever grows.
    """
    if not isinstance(item, Mapping):
        raise Wrong("order", "每一单应为一个 JSON 对象")
    remarks = [*_unused(item), *_strange_store(item, shop)]
    total_fen = _fen(item, "total_fen")
    state, refunded_fen = _state(item, total_fen)
    event = OrderTold(
        account=f"source:{source}",
        source=source,
        order=_word(item, "order", _NUMBER_CHARS, required=True),
        revision=_revision(item, shop, state, total_fen, refunded_fen),
        state=state,
        total_fen=total_fen,
        refunded_fen=refunded_fen,
        paid=_past(item, "paid_at", shop),
        store=_word(item, "store", _STORE_CHARS),
        names=names_of(item, shop),
    )
    return Heard(event=event, remarks=tuple(remarks))


def _unused(item: Mapping[str, object]) -> list[str]:
    names = sorted(str(name) for name in item.keys() - set(FIELDS))
    for name in names:
        if close := nearest(name, FIELDS, cutoff=_ALIKE):
            raise Wrong(name, f"不认识这一项，是不是 {close}？")
    return [f"没有用到 {'、'.join(names)}"] if names else []


def _strange_store(item: Mapping[str, object], shop: Shop) -> list[str]:
    store = item.get("store")
    if not isinstance(store, str) or not store.strip() or store.strip() in shop.content().stores:
        return []
    return [f"门店 {store.strip()[:_STORE_CHARS]} 不在 stores.csv 里，订单照收，不作归属"]


def _word(item: Mapping[str, object], name: str, most: int, *, required: bool = False) -> str:
    given = item.get(name)
    if given in (None, "") and not required:
        return ""
    if not isinstance(given, str):
        raise Wrong(name, "应为文字，请加引号" if given is not None else "缺少这一项")
    value = given.strip()
    if not value.isprintable() or not (value or not required) or len(value) > most:
        raise Wrong(name, f"应为 1 到 {most} 个看得见的字符")
    return value


def _fen(item: Mapping[str, object], name: str, default: int | None = None) -> int:
    given = item.get(name)
    if given is None:
        if default is None:
            raise Wrong(name, "缺少这一项：金额以分为单位，12.50 元写 1250")
        return default
    if isinstance(given, bool) or not isinstance(given, int):
        raise Wrong(name, "金额以分为单位，应为不带引号和小数点的整数：12.50 元写 1250")
    if not 0 <= given <= _MOST_FEN:
        raise Wrong(name, f"应在 0 到 {_MOST_FEN} 分之间，现为 {given}")
    return given


def _state(item: Mapping[str, object], total_fen: int) -> tuple[str, int]:
    """Return the state and what went back; of the two the money is believed."""
    word = _word(item, "state", _NUMBER_CHARS, required=True)
    state = STATES.get(word.lower())
    if word.lower() in _UNPAID:
        raise Wrong("state", "还没付款的订单不用推过来，付了再推")
    if state is None:
        raise Wrong("state", f"“{word}” 不认识：应为 paid、refunded 或 cancelled")
    refunded_fen = _fen(item, "refunded_fen", total_fen if state == "refunded" else 0)
    if word in _IN_PART and not refunded_fen:
        raise Wrong("refunded_fen", "部分退款要写明一共退了多少")
    if refunded_fen > total_fen:
        raise Wrong("refunded_fen", f"退款 {refunded_fen} 分多于金额 {total_fen} 分")
    if state != "cancelled" and total_fen:
        state = "refunded" if refunded_fen == total_fen else "paid"
    return state, refunded_fen


def _revision(
    item: Mapping[str, object], shop: Shop, state: str, total_fen: int, refunded_fen: int
) -> int:
    given = item.get("revision")
    if given is not None:
        if isinstance(given, bool) or not isinstance(given, int):
            raise Wrong("revision", "应为不带引号的整数，每次改动变大")
        if not 0 <= given <= _MOST_REVISION:
            raise Wrong("revision", "应为 0 或更大的整数，每次改动变大")
        return given
    if updated := _past(item, "updated_at", shop):
        return micros(updated) // 1_000
    if state == "cancelled":
        return total_fen + 2
    return max(refunded_fen, 1) if state == "refunded" else refunded_fen  # of nothing, all is 0


def _past(item: Mapping[str, object], name: str, shop: Shop) -> datetime | None:
    at = _moment(item, name, shop)
    if at and at > moment(shop.clock()) + _AHEAD:
        raise Wrong(name, f"是将来的时间（{at.isoformat()}）：请检查时钟和时区")
    if at and at < _EARLIEST:
        raise Wrong(name, f"是 {_EARLIEST.year} 年以前的时间（{at.isoformat()}）：请检查时钟")
    return at


def _moment(item: Mapping[str, object], name: str, shop: Shop) -> datetime | None:
    written = _word(item, name, _STORE_CHARS).replace("/", "-")
    if not written:
        return None
    for read in (_by_standard, _by_spreadsheet):
        try:
            return read(written, shop.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise Wrong(name, "应为 2026-03-02T09:30:00+08:00，或门店当地的 2026-03-02 09:30")


def _by_standard(written: str, zone: tzinfo) -> datetime:
    at = datetime.fromisoformat(written)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _by_spreadsheet(written: str, zone: tzinfo) -> datetime:
    # Spreadsheets drop leading zeros: 2026-3-2 9:30.
    form = "%Y-%m-%d %H:%M:%S" if written.count(":") > 1 else "%Y-%m-%d %H:%M"
    return datetime.strptime(written, form).replace(tzinfo=zone)
