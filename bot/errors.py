"""What can go wrong, drawn as a tree.

    XiaoerError
    ├── Refused            a callback is not genuine or not readable; answered uniformly
    ├── BadConfig          settings, content or rules cannot be used; lists every problem
    ├── DatabaseTrouble    the database cannot be used as it is
    │   ├── SchemaTooNew   written by a newer version
    │   ├── AlreadyServed  another process serves this database
    │   ├── Overloaded     too much waits to be written: come again
    │   └── WrongKey       written with another instance key
    ├── Contended          a conditional write found the world changed; decide again
    └── Undeclared         an action kind lacks its class, policy, key or deadline

Expected outcomes are values (`bot.actions.Receipt`), not exceptions.
"""


class XiaoerError(Exception):
    """Base of every error this program raises on purpose."""


class Refused(XiaoerError):
    """A callback is not genuine or not readable.

    `step` names the check that failed: envelope, signature, base64, decrypt, padding, length,
    receiver, parse or path. The caller answers every step alike; the step is for our own eyes.
    """

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason


class BadConfig(XiaoerError):
    """Settings, content or rules cannot be used; the message lists every problem, one a line."""


class DatabaseTrouble(XiaoerError):
    """The database cannot be used as it is; the message says what to do."""


class SchemaTooNew(DatabaseTrouble):
    """The database was written by a newer version of this program."""


class AlreadyServed(DatabaseTrouble):
    """Another process serves this SQLite database."""


class Overloaded(DatabaseTrouble):
    """More waits to be written than can be in time; whoever asks must come again."""


class WrongKey(DatabaseTrouble):
    """The database was written with another instance key."""


class Contended(XiaoerError):
    """A conditional write found the world changed since the facts were read; decide again."""


class Undeclared(XiaoerError):
    """An action kind lacks its class, policy, key or deadline; the program must not start."""
