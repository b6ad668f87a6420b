"""How a proxy rewrites a path, told by which other path arrives at ours."""

from collections.abc import Iterator

from bot.shop import AccountKeys
from commands.doctor.case import Case
from commands.doctor.knock import knock


async def detour(case: Case, keys: AccountKeys) -> str:
    """Return how the proxy rewrites the callback's path, "" when no guess of ours gets through.

    For servers that do not tell which path arrived.
    """
    for path, how in ways(case.account.callback_path):
        heard = await knock(case, keys, f"{case.settings.public_url}{path}")
        if heard.echoed:
            return f"{how}：请求 {path} 才到得了"
        if heard.path:
            return f"请求 {path} 时到店小二的是 {heard.path}"
    return ""


def ways(path: str) -> Iterator[tuple[str, str]]:
    """Yield other paths to try, each with what the proxy does when it leads to ours.

    >>> [way for way, _ in ways("/callback/oa-main")]
    ['/callback/oa-main/', '/oa-main', '/callback/callback/oa-main']
    """
    first, _, rest = path.removeprefix("/").partition("/")
    yield f"{path}/", "代理去掉了末尾的斜杠"
    if rest:
        yield f"/{rest}", f"代理在前面加了一段 /{first}"
    yield f"/{first}{path}", f"代理去掉了前面的 /{first}"
