"""Acts on the wire itself: open a link like a phone, replay or forge a callback, send raw XML."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import aiohttp

from twin.acts import NotPossible, Outcome
from twin.answer import Answer
from twin.contact.link_acts import is_acquisition, open_acquisition
from twin.loopback import is_loopback
from twin.seal import Post
from twin.sender import Sender
from twin.shape import Json, text
from twin.stage import Happening
from twin.world import Account

_FROM = re.compile(r"<FromUserName><!\[CDATA\[(.*?)\]\]>", re.S)
_MSG_ID = re.compile(r"<MsgId>(\d+)</MsgId>")
_SEALED = re.compile(r'(<Encrypt><!\[CDATA\[|"encrypt": ")(.)')
_LINK_S = 10.0
_PAGE_BYTES = 1_000_000


async def open_link(sender: Sender, args: Json) -> Outcome:
    """GET `url` as a phone would; only loopback. Facts: status, url, pictures, text.

    An acquisition link (its `url`, or `link` = its id) opens in the client and adds its employee.
    """
    if is_acquisition(args):
        return open_acquisition(sender, args)
    url = text(args, "url")
    _check_loopback(url)
    limit = aiohttp.ClientTimeout(total=_LINK_S)
    async with aiohttp.ClientSession(timeout=limit) as http:
        try:
            async with http.get(url, allow_redirects=False) as got:
                page = (await got.content.read(_PAGE_BYTES)).decode("utf-8", "replace")
                status, place = got.status, got.headers.get("Location", "")
        except (aiohttp.ClientError, TimeoutError) as cause:
            raise NotPossible(f"打不开 {url}：{type(cause).__name__}") from cause
    pictures = _Pictures(url)
    pictures.feed(page)
    facts: Json = {"status": status, "url": url, "location": place, "page": page}
    return Outcome(facts={**facts, "pictures": list(pictures.found)})


async def replay_last(sender: Sender, args: Json) -> Outcome:
    """Send the last captured callback of the account again, byte for byte."""
    account, post = _captured(sender, args)
    return _attack(sender, account, "replay", await sender.post(account.id, post))


async def tamper(sender: Sender, args: Json) -> Outcome:
    """Send the last captured callback with one character of its seal or signature changed.

    `how`: body (the sealed text; the signature in plain mode, which binds no body) or signature.
    """
    account, post = _captured(sender, args)
    query, body = dict(post.query), post.body
    how = text(args, "how", "body")
    if how == "body" and _SEALED.search(body):
        body = _SEALED.sub(lambda found: found[1] + _other(found[2]), body, count=1)
    else:
        name = "msg_signature" if "msg_signature" in query else "signature"
        query[name] = query[name][:-1] + _other(query[name][-1])
    answer = await sender.post(account.id, replace(post, query=query, body=body))
    return _attack(sender, account, f"tamper {how}", answer)


async def raw(sender: Sender, args: Json) -> Outcome:
    """Seal and deliver the inner `xml` as it is, to `account`."""
    account = _account(sender, args)
    inner = text(args, "xml")
    sent_by = _FROM.search(inner)
    openid = sent_by[1] if sent_by else ""
    appid = getattr(account, "appid", "")
    person = sender.stage.crowd.by_openid(appid, openid)
    msg_id = _MSG_ID.search(inner)
    happening = Happening(
        id=sender.stage.next_happening_id(),
        account=account,
        act="raw",
        kind="raw",
        inner=inner,
        who=person.name if person else "",
        openid=openid,
        msg_id=msg_id[1] if msg_id else "",
        answerable=person is not None,
    )
    sender.announce(happening)
    return Outcome(happenings=(happening,))


class _Pictures(HTMLParser):
    """Collects where a page's pictures are, and what its `data-qr` attributes hold."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name == "data-qr" or (tag == "img" and name == "src")):
                self.found.append(urljoin(self._base, value))


def _check_loopback(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname or ""):
        raise NotPossible(f"孪生只打开本机的链接：{url}")


def _captured(sender: Sender, args: Json) -> tuple[Account, Post]:
    account = _account(sender, args)
    post = sender.captured.get(account.id)
    if post is None:
        raise NotPossible(f"还没有给 {account.id} 发过回调")
    return account, post


def _account(sender: Sender, args: Json) -> Account:
    wanted = text(args, "account")
    account = sender.stage.world.account(wanted)
    if account is None:
        raise NotPossible(f"没有账号 {wanted}")
    return account


def _attack(sender: Sender, account: Account, how: str, answer: Answer) -> Outcome:
    stage = sender.stage
    stage.book.write("attack", stage.now(), account=account.id, how=how, status=answer.status)
    answered = answer.body.decode("utf-8", "replace")
    return Outcome(facts={"status": answer.status, "answer": answered, "trouble": answer.trouble})


def _other(letter: str) -> str:
    return "A" if letter != "A" else "B"
