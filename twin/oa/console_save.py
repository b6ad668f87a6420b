"""An administrator clicks «保存» on the callback page: what the console finds and says."""

import time

from twin.acts import NotPossible
from twin.shape import Json
from twin.stage import Stage
from twin.verification import STEPS, Unwired, verify
from twin.world import Account, OaAccount

LIMIT_S = 5.0
SLOW_MS = 1000.0
_SAVED = "保存成功"
_OA_WORDS = {
    "url": "URL 格式不正确，请重新填写",
    **dict.fromkeys(("dns", "connect", "tls", "timeout"), "请求URL超时"),
    **dict.fromkeys(("redirect", "status"), "Token验证失败"),
    "body": "Token验证失败",
}
_WECOM_WORDS = {
    "url": "请输入合法的URL",
    **dict.fromkeys(STEPS[1:-1], "openapi回调地址请求不通过"),
    "body": "echostr校验失败，请您检查是否正确解密并输出明文echostr",
}


async def save(stage: Stage, account: Account, url: str = "") -> Json:
    """Verify the callback again, `url` or the bound one, and bind it when it passes.

    Up to 5 s are granted whatever the platform; over 1 s is told as `slow_echo`. A URL that fails
    leaves the former one bound. Raises NotPossible without any URL. Repeating verifies again.
    """
    url = url or stage.callbacks.get(account.id, "")
    if not url:
        raise NotPossible(f"{account.id} 还没有填回调地址")
    began, failed = time.perf_counter(), None
    try:
        await verify(stage, account, url, LIMIT_S)
        stage.callbacks[account.id] = url
    except Unwired as cause:
        failed = cause
    elapsed_ms = round((time.perf_counter() - began) * 1000, 1)
    told: Json = {
        "ok": failed is None,
        "step": failed.step if failed else "",
        "reason": failed.reason if failed else "",
        "console": _words(account, failed),
        "elapsed_ms": elapsed_ms,
        "slow_echo": failed is None and elapsed_ms > SLOW_MS,
    }
    stage.book.write("wire", stage.now(), account=account.id, url=url, **told)
    return told


def _words(account: Account, failed: Unwired | None) -> str:
    if failed is None:
        return _SAVED
    return (_OA_WORDS if isinstance(account, OaAccount) else _WECOM_WORDS)[failed.step]
