"""The troubles planted now, and how each makes the platform look to a bot."""

from collections.abc import Iterator
from dataclasses import fields, replace

from twin.shape import BadShape, Json, text, whole
from twin.troubles import TROUBLES, Plant
from twin.world import Account, AibotAccount, OaAccount, WecomAccount, World

_WECOM_ONLY = ("kf_unmanaged", "console_welcome", "not_customer_contact_app")
_OA_ONLY = ("token_refused",)
_TOKEN_ONLY = ("ip_not_allowed", "missing_right", "secret_expired")
_NEEDS = {"missing_right": "api", "clock_off": "seconds"}
_STRANGER = "0000000000000000"


class Plants:
    """Every trouble planted now; several may hold at once."""

    def __init__(self, planted: tuple[Plant, ...]) -> None:
        self._by_name = {one.name(): one for one in planted}

    def plant(self, one: Plant) -> None:
        """Plant a trouble; the same one again replaces it."""
        self._by_name[one.name()] = one

    def lift(self, account: str = "", trouble: str = "") -> int:
        """Take away what matches, "" for any; return how many there were."""
        gone = [
            one
            for one in self._by_name.values()
            if account in ("", one.account) and trouble in ("", one.trouble)
        ]
        for one in gone:
            del self._by_name[one.name()]
        return len(gone)

    def told(self) -> list[Json]:
        """Return the planted troubles, each with the fields it knows."""
        return [
            {key: getattr(one, key) for key in ("account", "trouble", *TROUBLES[one.trouble])}
            for one in self._by_name.values()
        ]

    def of(self, account: str, trouble: str) -> Iterator[Plant]:
        """Yield the plants of this trouble at this account."""
        for one in self._by_name.values():
            if (one.account, one.trouble) == (account, trouble):
                yield one

    def first(self, account: str, trouble: str) -> Plant | None:
        """Return the plant of this trouble at this account."""
        return next(self.of(account, trouble), None)

    def keys(self, account: Account) -> Account:
        """Return the account with the Token, key and receiver that the platform seals with."""
        token = self.first(account.id, "wrong_token")
        if token:
            account = replace(account, token=token.value or _mistyped(account.token))
        aes_key = self.first(account.id, "wrong_aes_key")
        if aes_key:
            account = replace(account, aes_key=aes_key.value or _mistyped(account.aes_key))
        receiver = self.first(account.id, "wrong_receiver")
        return _received_by(account, receiver.value) if receiver else account

    def url(self, account: str, bound: str) -> str:
        """Return where a callback to the `bound` URL really goes."""
        rewritten = self.first(account, "path_rewritten")
        return bound + rewritten.suffix if rewritten and bound else bound

    def skew_s(self, *accounts: str) -> int:
        """Return how far the platform's stamps are ahead, by the first of these accounts."""
        off = (self.first(one, "clock_off") for one in accounts)
        return next((one.seconds for one in off if one), 0)

    def kf_unmanaged(self, corp: str, open_kfid: str) -> Plant | None:
        """Return the plant that keeps this kf account from the app."""
        one = self.first(open_kfid, "kf_unmanaged")
        return one or self.first(corp, "kf_unmanaged")


def read_plant(world: World, args: Json) -> Plant:
    """Return the trouble a request describes. Raises BadShape for a field or name nobody has."""
    known = TROUBLES.get(text(args, "trouble"), ())
    if unknown := args.keys() - {"account", "trouble", *known}:
        raise BadShape(min(unknown))
    numbers = {one.name for one in fields(Plant) if one.type is int}
    given = {key: whole(args, key) if key in numbers else text(args, key) for key in args}
    plant = Plant(**{"account": "", **given})  # type: ignore[arg-type]  # by name
    if problem := plant_problem(world, plant):
        raise BadShape(problem)
    return plant


def plant_problem(world: World, plant: Plant) -> str:
    """Say what is wrong with a plant in this world, "" when it can be planted."""
    account = world.account(plant.account)
    on_kf = plant.trouble == "kf_unmanaged" and world.kf_account(plant.account) is not None
    if plant.trouble not in TROUBLES:
        return f"trouble {plant.trouble}，可用：{'、'.join(TROUBLES)}"
    if account is None and not on_kf:
        return f"account {plant.account}"
    if not on_kf and not _fits(account, plant.trouble):
        return f"{plant.account} 不会有 {plant.trouble}"
    if plant.staff and world.employee(plant.staff) is None:
        return f"staff {plant.staff}"
    needed = _NEEDS.get(plant.trouble, "")
    return needed if needed and not getattr(plant, needed) else ""


def _fits(account: Account | None, trouble: str) -> bool:
    if trouble in _WECOM_ONLY:
        return isinstance(account, WecomAccount)
    if trouble in _OA_ONLY:
        return isinstance(account, OaAccount)
    if trouble in (*_TOKEN_ONLY, "wrong_receiver"):  # an aibot has neither API nor receiver
        return not isinstance(account, AibotAccount)
    return True


def _received_by(account: Account, receiver: str) -> Account:
    if isinstance(account, OaAccount):
        return replace(account, appid=receiver or f"wx{_STRANGER}")
    if isinstance(account, WecomAccount):
        return replace(account, corpid=receiver or f"ww{_STRANGER}")
    return account


def _mistyped(key: str) -> str:
    return ("B" if key.startswith("A") else "A") + key[1:]
