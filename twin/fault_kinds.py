"""The one table of faults: what each is called, and what it does to a call or to a delivery."""

CALLS = {
    "slow": "waits `seconds`, then works",
    "errcode": "refuses with `code` (-1 unless given); nothing changes",
    "http": "answers HTTP `code` (500 unless given); nothing changes",
    "html": "answers HTTP 200 with a page of HTML; nothing changes",
    "redirect": "answers HTTP 302 to another address; nothing changes",
    "never": "does not answer; nothing changes",
    "reset_before": "cuts the connection; nothing changes",
    "reset_after": "cuts the connection after the effect",
    "truncated": "sends half of the JSON after the effect",
    "errcode_text": "answers after the effect, with the errcode as a text",
    "errcode_missing": "answers after the effect, without errcode and errmsg",
    "charset": "answers after the effect, in UTF-16",
    "huge": "answers after the effect, with 10 MB",
    "late_answer": "answers `seconds` after the effect",
    "late_effect": "answers yes (or cuts, with `cut`); the effect comes `seconds` later",
    "token_revoked": "kills the account's tokens just before the call is judged",
}
DELIVERIES = {
    "lost": "is never sent",
    "duplicate": "is sent once more, `seconds` after it was settled",
    "reordered": "waits until a later one of the account was settled, `seconds` (30) at most",
    "delayed": "is sent `seconds` late",
    "wrong_signature": "one attempt carries a wrong signature",
    "truncated_body": "one attempt carries half of the body",
}
KINDS = (*CALLS, *DELIVERIES)

BEFORE = ("errcode", "http", "html", "redirect", "reset_before", "never")
AFTER = (
    "reset_after", "truncated", "errcode_text", "errcode_missing", "charset", "huge", "late_answer",
)  # fmt: skip
LATE, REVOKED = "late_effect", "token_revoked"
# Deliveries that are spoilt attempt by attempt, and those that are decided on once.
SPOILT = ("wrong_signature", "truncated_body")
ONCE = ("lost", "duplicate", "reordered", "delayed")
