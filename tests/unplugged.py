"""A home of samples that a test may really serve: its platforms are a closed port of this machine.

Looking up a platform's name can hang for as long as a call may last, and keeps a server that is
told to stop waiting for it.
"""

import re
from pathlib import Path

from commands.parts.compose import fill

CLOSED = "http://127.0.0.1:9"
_ACCOUNT = re.compile(r"^    kind: (?:oa|wecom|aibot)$", re.MULTILINE)


def fill_unplugged(home: Path) -> None:
    """Fill a home as `fill` does, with no account that can reach a platform."""
    fill(home)
    unplug(home)


def unplug(home: Path) -> None:
    """Keep the accounts of a home of samples from reaching a platform."""
    settings = home / "settings.yaml"
    text, count = _ACCOUNT.subn(rf"\g<0>\n    api_base: {CLOSED}", settings.read_text("utf-8"))
    assert count, "no account was found in the sample settings"
    settings.write_text(text, "utf-8")
