"""Opening a callback in process: verify, decrypt, decode; ours and wechatpy's side by side."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from wechatpy import parse_message as parse_oa
from wechatpy.crypto import WeChatCrypto as OaCrypto
from wechatpy.enterprise import parse_message as parse_wecom
from wechatpy.enterprise.crypto import WeChatCrypto as WecomCrypto

from bench.corpus import OA, WECOM, Callback, Sender, callbacks, contact_edited, group_grew, said
from bench.pace import Pace, ratio, side_by_side
from bench.table import Row, Table, Untrue
from bot.platforms.envelope import Key, Seal
from bot.platforms.oa import gate as oa_gate
from bot.platforms.oa.gate import Mode
from bot.platforms.wecom import gate as wecom_gate

_KINDS: Mapping[str, tuple[Sender, Callable[[int], str]]] = {
    "OA text": (OA, said),
    "WeCom contact": (WECOM, contact_edited),
    "WeCom group, with a list": (WECOM, group_grew),
}
_SAMPLE = 200
Opener = Callable[[Callback], str]


def measure(pace: Pace) -> Table:
    """Open the same callbacks both ways. Raises Untrue when the two read different messages."""
    return Table(
        name="open",
        conditions=f"verify, decrypt and decode {_SAMPLE} distinct callbacks, CPU us each",
        columns=("ours us", "wechatpy us", "times faster"),
        rows=tuple(_row(kind, pace) for kind in _KINDS),
    )


def _row(kind: str, pace: Pace) -> Row:
    sender, message = _KINDS[kind]
    sample = callbacks(sender, message, 0, _SAMPLE)
    ours, theirs = _ours(sender), _wechatpy(sender)
    if any(ours(each) != each.plain or theirs(each) != each.plain for each in sample):
        raise Untrue(f"{kind}: the message inside was not read")
    works = {"ours": _all(ours, sample), "wechatpy": _all(theirs, sample)}
    took_us = side_by_side(works, pace)
    mine, peer = took_us["ours"], took_us["wechatpy"]
    return Row(variant=kind, figures=(median(mine), median(peer), ratio(peer, mine)))


def _all(opener: Opener, sample: Sequence[Callback]) -> Callable[[], int]:
    def work() -> int:
        for callback in sample:
            opener(callback)
        return len(sample)

    return work


def _ours(sender: Sender) -> Opener:
    seal = Seal(
        token=sender.token, keys=(Key(sender.aes_key),), receivers=frozenset({sender.scope})
    )

    def opened_oa(callback: Callback) -> str:
        plain = oa_gate.open_post(Mode.SAFE, seal, callback.query, callback.body)
        oa_gate.decode(sender.account, sender.scope, plain)
        return plain.decode()

    def opened_wecom(callback: Callback) -> str:
        plain = wecom_gate.open_post(seal, callback.query, callback.body)
        wecom_gate.decode(sender.account, sender.scope, plain)
        return plain.decode()

    return opened_oa if sender is OA else opened_wecom


def _wechatpy(sender: Sender) -> Opener:
    codec, parse = (OaCrypto, parse_oa) if sender is OA else (WecomCrypto, parse_wecom)
    crypto = codec(sender.token, sender.aes_key, sender.scope)

    def opened(callback: Callback) -> str:
        query = callback.query
        plain: str = crypto.decrypt_message(
            callback.body, query["msg_signature"], query["timestamp"], query["nonce"]
        )
        parse(plain)
        return plain

    return opened
