"""The examples of docs/reference/incoming.md, run as they stand against a server."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import orjson
import pytest

from bot.web.told_order import FIELDS
from commands.orders.sheet import HEADERS
from tests.pages import blocks
from tests.serving import serving
from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "incoming.md"
SECRET = "fakeSecretOfTill0000000000000000"  # of the samples' source


async def ran(server_url: str, *argv: str) -> dict[str, object]:
    """Run a program as a till would, and return the answer it printed."""
    environment = {**os.environ, "URL": server_url, "SECRET": SECRET}
    program = await asyncio.create_subprocess_exec(
        *argv, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await program.communicate()
    assert program.returncode == 0
    answer: dict[str, object] = orjson.loads(out)
    return answer


@pytest.mark.parametrize(("tag", "number"), [("python", "0187"), ("sh", "0188")])
async def test_an_example_of_a_signed_call_is_taken(tmp_path: Path, tag: str, number: str) -> None:
    missing = [tool for tool in ("curl", "openssl") if shutil.which(tool) is None]
    if tag == "sh" and missing:
        pytest.skip(f"{'、'.join(missing)} is not installed")
    (example,) = ["\n".join(block.lines) for block in blocks(PAGE) if block.tag == tag]
    argv = (sys.executable, "-c") if tag == "python" else ("/bin/sh", "-c")
    async with serving(tmp_path) as server:
        answer = await ran(server.url, *argv, example)
    assert answer["answers"] == [
        {
            "order": number,
            "revision": 1,
            "result": "taken",
            "code": "taken",
            "text": "已收下",
        }
    ]


def test_the_page_names_every_field_and_every_heading() -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []
    assert [name for name in HEADERS if f"`{name}`" not in page] == []
    assert [heading for heading in HEADERS.values() if heading not in page] == []
