"""Which sounds count as one where keywords are compared by how they are read."""

from typing import Annotated

from pydantic import AfterValidator

from config.accounts import wrong
from config.problems import nearest

SLIPS = ("an/ang", "en/eng", "in/ing", "zh/z", "ch/c", "sh/s", "l/n", "f/h")
USUAL = SLIPS[:6]  # with the others, too many words that nobody meant sound alike


def _slip(name: str) -> str:
    turned = "/".join(reversed(name.split("/")))
    if known := {name, turned} & {*SLIPS}:
        return known.pop()
    message = "没有 {name} 这一对音{hint}，可写 {all}"
    close = nearest(name, SLIPS, cutoff=0.3)
    raise wrong(
        message, name=name[:20], hint=f"（是不是 {close}？）" if close else "", all="、".join(SLIPS)
    )


Slip = Annotated[str, AfterValidator(_slip)]
