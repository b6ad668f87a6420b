"""What somebody at a cashier's page does, as an HTTP client: sign in, redeem, take back."""

import re

from aiohttp import ClientResponse

from tests.front import Client
from tests.little_shop import CASHIER_PIN

CODES = {"newcomer": ["NEW2CDE9", "NEW3CDE9"], "egg": ["EGG2CDE9"]}


def hidden(page: str, name: str) -> str:
    """The value of a hidden field, of the last form that has one."""
    found: list[str] = re.findall(rf'name="{name}" value="([^"]*)"', page)
    return found[-1]


async def sign_in(client: Client, pin: str = CASHIER_PIN, store: str = "S012") -> tuple[int, str]:
    """Post store and PIN; return the status and the page that came."""
    page = await (await client.get("/till")).text()
    fields = {"csrf": hidden(page, "csrf"), "store": store, "pin": pin}
    got = await client.post("/till/login", data=fields)
    return got.status, await got.text()


async def redeem(
    client: Client, code: str, request: str = "", **more: str
) -> tuple[ClientResponse, str]:
    """Post a code, under a new request unless one is named; return what became of it."""
    page = await (await client.get("/till")).text()
    fields = {"csrf": hidden(page, "csrf"), "request": request or hidden(page, "request")}
    got = await client.post("/till/redeem", data={**fields, "code": code, **more})
    return got, outcome(await got.text())


async def undo(client: Client, redemption: str = "1") -> str:
    """Post the taking back of a redemption; return what became of it."""
    page = await (await client.get("/till")).text()
    fields = {"csrf": hidden(page, "csrf"), "redemption": redemption}
    return outcome(await (await client.post("/till/undo", data=fields)).text())


def outcome(page: str) -> str:
    """The word for what became of a try, "" when the page tells of none."""
    found = re.search(r'data-code="([^"]+)"', page.partition('id="offline"')[0])
    return found[1] if found else ""
