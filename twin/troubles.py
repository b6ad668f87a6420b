"""The planted troubles: what an operator got wrong, as values that a world or a test states."""

from dataclasses import dataclass

# Each trouble, and the fields it knows besides `account`.
TROUBLES: dict[str, tuple[str, ...]] = {
    "ip_not_allowed": ("ip",),
    "missing_right": ("api", "code"),
    "secret_expired": (),
    "token_refused": ("code",),
    "kf_unmanaged": ("code",),
    "console_welcome": ("staff", "words"),
    "not_customer_contact_app": (),
    "wrong_token": ("value",),
    "wrong_aes_key": ("value",),
    "wrong_receiver": ("value",),
    "path_rewritten": ("suffix",),
    "clock_off": ("seconds",),
}
STRANGE_IP = "203.0.113.7"  # an address that documentation may use (RFC 5737)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One trouble of one account; fields that the trouble does not know stay empty.

    `account` is an account's id; for kf_unmanaged also an open_kfid.
    """

    account: str
    trouble: str
    ip: str = STRANGE_IP  # ip_not_allowed: the address the platform sees
    api: str = ""  # missing_right: the beginning of a path, /cgi-bin/message/custom
    code: int = 0  # missing_right, kf_unmanaged, token_refused: the errcode, 0 for the usual one
    staff: str = ""  # console_welcome: whose contacts, "" for every employee
    words: str = "你好，很高兴认识你。"  # console_welcome: what the console sends
    value: str = ""  # wrong_token, wrong_aes_key, wrong_receiver: "" for a mistyped one
    suffix: str = "/x"  # path_rewritten: what the proxy adds
    seconds: int = 0  # clock_off: how far the platform is ahead of the bot

    def name(self) -> tuple[str, str, str, str]:
        """Return what makes a second plant a replacement of this one."""
        return self.account, self.trouble, self.api, self.staff
