"""Chinese text → words, by jieba's dictionary, read on first use."""

import logging
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

_loading = Lock()


def segment(text: str) -> tuple[str, ...]:
    """Cut a text into words that join to the same text.

    The first call reads the dictionary: about 0.7 s and 65 MB. Call `warm_up` beforehand where
    that hurts. Words that the dictionary lacks come out as single characters, so a keyword such
    as 宠物群 still begins and ends where words do.
    """
    return tuple(_cutter()(text, HMM=False))


def warm_up() -> None:
    """Read the dictionary now. Repeating costs nothing."""
    _cutter()


def _cutter() -> Callable[..., Iterable[str]]:
    with _loading:
        return _read()


@cache
def _read() -> Callable[..., Iterable[str]]:
    # Imported here because the import alone takes 0.1 s, which shops without word rules save.
    jieba: Any = import_module("jieba")
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # initialize() would trust a cache at a well-known path in the shared temporary folder.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    cut: Callable[..., Iterable[str]] = tokenizer.cut
    return cut
