"""What is wrong with the answer to a verification: where it differs from the echo."""

_BOM = b"\xef\xbb\xbf"
_SHOWN = 60


def difference(echo: str, sent: str, body: bytes) -> str:
    """Say how an answer differs from the `echo` that was asked for by what was `sent`.

    >>> difference("123", "123", b"123\\n")
    '应答末尾多了换行，应为原文'
    """
    wanted = echo.encode()
    if not body.strip():
        return "应答是空的，应为 echostr 的原文"
    if body.startswith(_BOM):
        return "应答带有 BOM，应为不带 BOM 的原文"
    if body.strip() == wanted:
        return "应答末尾多了换行，应为原文" if body.endswith(b"\n") else "应答多了空白，应为原文"
    if body.strip().strip(b"\"'") == wanted:
        return "应答多了引号，应为原文（当成 JSON 返回了？）"
    if sent != echo and body.strip() == sent.encode():
        return "应答是密文 echostr 原样送回，应先解密"
    return _other(echo, body)


def _other(echo: str, body: bytes) -> str:
    shown = body[:_SHOWN].decode("utf-8", "replace")
    if echo.encode() in body:
        return f"原文前后还有别的字节（16 位随机串、长度或接收方没有去掉？）：{shown!r}"
    if body.lstrip()[:1] == b"<":
        return f"应答是一个网页或 XML，不是 echostr 的原文：{shown!r}"
    if not shown.isprintable():
        return f"应答是乱码：像是用另一个 EncodingAESKey 解密的：{shown!r}"
    return f"应答应为解出的 echostr 原文 {echo}，实为 {shown!r}"
