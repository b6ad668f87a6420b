"""Signature and encryption vectors: what is right opens, what is wrong is refused at its step."""

from collections.abc import Iterable, Mapping

from bot.errors import Refused
from bot.platforms.envelope import Key, Seal, check_signature, signature
from bot.platforms.happening import read
from tests.conformance.cases import Case
from tests.conformance.tally import Board

# What the cases call a step -> what we call it.
_STEPS = {"receive_id": "receiver", "plaintext": "parse", "json": "parse"}
_UNKNOWN = "vector.unverifiable"


def judge_vectors(cases: Iterable[Case]) -> Board:
    """Return whether every vector opens to its plaintext or is refused where it should be.

    A ciphertext without a signature is signed anew; an example that nobody can verify is only
    counted.
    """
    board = Board("vectors")
    for case in cases:
        tally = board.of(f"{case.platform} {case.kind}")
        tally.cases += 1
        if case.kind == _UNKNOWN:
            tally.unjudged += 1
            continue
        fault = _fault(case)
        tally.recognised += not fault
        tally.misses += [f"{case.id}: {fault}"] if fault else []
    return board


def _fault(case: Case) -> str:
    expected = case.expected
    wanted = "" if expected["verified"] else str(expected["reject"])
    wanted = _STEPS.get(wanted, wanted)
    try:
        plain = _opened(case.payload)
        if wanted == "parse":
            read(plain)
    except Refused as refused:
        return "" if refused.step == wanted else f"refused at {refused.step}, wanted {wanted!r}"
    if wanted:
        return f"opened, and should be refused at {wanted}"
    known = expected.get("plaintext")
    return "" if known is None or plain == known else f"opened to {plain!r}"


def _opened(vector: Mapping[str, str]) -> str:
    if "encoding_aes_key" not in vector:
        sealed = [vector["encrypt"]] if "encrypt" in vector else []
        given = vector.get("msg_signature") or vector["signature"]
        check_signature(given, vector["token"], vector["timestamp"], vector["nonce"], *sealed)
        return ""
    token = vector.get("token", "t")
    timestamp, nonce = vector.get("timestamp", "1"), vector.get("nonce", "n")
    ours = signature(token, timestamp, nonce, vector["encrypt"])
    seal = Seal(
        token=token,
        keys=_keys(vector["encoding_aes_key"]),
        receivers=frozenset({vector["receive_id"]}),
    )
    return seal.open(
        vector["encrypt"],
        timestamp=timestamp,
        nonce=nonce,
        msg_signature=vector.get("msg_signature", ours),
    ).decode("utf-8", "replace")


def _keys(text: str) -> tuple[Key, ...]:
    try:
        return (Key(text),)
    except ValueError:
        return ()  # opens nothing, and says so at its own step
