"""The settings of one installation: typed, frozen, read from the environment and settings.yaml."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, ValidationInfo
from pydantic import field_validator as check
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.accounts import (
    Account,
    AibotAccount,
    BaseUrl,
    Identifier,
    Number,
    OaAccount,
    Relay,
    Section,
    WecomAccount,
    base_url,
    is_loopback,
    wrong,
)
from config.databases import database_url
from config.incoming import KeyDigest, Source
from config.mass_cap import MassCap
from config.problems import Place, Problem
from config.settings_doubts import of_accounts, of_addresses, of_sharing
from config.settings_problems import explained
from config.settings_sources import Sources, gather
from config.sounds import USUAL, Slip

Seconds = Annotated[float, Number, Field(gt=0, le=86_400)]
Days = Annotated[float, Number, Field(gt=0, le=366)]
BookDays = Annotated[float, Number, Field(gt=0, le=36_600)]
_REDIS = ("redis://", "rediss://", "unix://")


class BadSettings(Exception):
    """The settings cannot be used; the message lists every problem, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Listen(Section):
    """Where we listen. Port 0 takes any free one.

    `fd` is a socket that listens already, handed down by whoever started us (socket activation):
    connections wait in it while we restart.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Number, Field(ge=0, le=65_535)] = 8080
    fd: Annotated[int, Number, Field(ge=3, le=1023)] | None = None


class Quota(Section):
    """At most `messages` to one person within `within_s` seconds of what they did."""

    messages: Annotated[int, Number, Field(ge=0, le=100)]
    within_s: Annotated[float, Number, Field(gt=0, le=31 * 86_400)]


class ApiLimit(Section):
    """What a platform grants one account for one API, `*` for each, where it is not the usual."""

    account: Identifier
    api: Annotated[str, Field(pattern=r"^(\*|/[\w/]+)$")]
    calls: Annotated[int, Number, Field(ge=1, le=100_000_000)]
    per: Literal["minute", "hour", "day"]


class Settings(BaseSettings):
    """What differs between two installations. Secrets show as asterisks wherever it is printed."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        validate_default=True,
        env_prefix="XIAOER_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    home: Path
    listen: Listen = Listen()
    public_url: str = ""  # base of the links in replies; "" = this machine, at the port we listen
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For is believed
    database: Annotated[str, Field(repr=False)] = ""  # may hold a password
    redis_url: Annotated[str | None, Field(repr=False)] = None
    accounts: tuple[Account, ...] = ()
    sources: tuple[Source, ...] = ()
    trace_key_sha256: KeyDigest = ""  # of who may read traces over HTTP; "" = nobody by a key
    store_zone: str = "Asia/Shanghai"
    sound_slips: tuple[Slip, ...] = USUAL  # which sounds people mix up, for keywords by sound
    twin_clock_url: BaseUrl | None = None  # business time follows this clock; a demo's only

    answer_within_s: Annotated[float, Number, Field(gt=0, le=4.5)] = 3.5  # the platform waits 5 s
    send_timeout_s: Seconds = 8
    settle_s: Seconds = 15  # until a call that was cut off is carried out or never will be
    welcome_lives_s: Seconds = 20  # a welcome code (wecom/customer-contact.md)
    welcome_margin_s: Seconds = 2  # kept of it for the way there
    group_lag_s: Seconds = 2  # until a group's list shows who joined
    reply_fallback_s: Seconds = 20  # until an unread answer follows as a message
    lease_s: Seconds = 20
    link_token_s: Seconds = 600  # how long a link proves who opened it
    passphrase_window_h: Annotated[float, Number, Field(gt=0, le=720)] = 48  # after joining a group
    kf_ids_are_contacts: bool = True  # ids of customer service are those of contacts

    reconcile_every_min: Annotated[float, Number, Field(ge=0, le=1440)] = 60  # 0 = never

    redeem_undo_min: Annotated[float, Number, Field(ge=0, le=7 * 24 * 60)] = 30
    coupon_device_binding: bool = True  # a coupon's code is shown on one device only

    mass_cap: MassCap = "month_days"  # mass messages to a customer, as the console is set
    mass_remind_after_h: Annotated[float, Number, Field(ge=0, le=720)] = 24  # 0 = never

    oa_quota_after_message: Quota = Quota(messages=5, within_s=48 * 3600)
    oa_quota_after_tap: Quota = Quota(messages=3, within_s=60)  # follow, scan or menu
    api_share_percent: Annotated[int, Number, Field(ge=1, le=100)] = 80  # of published limits
    api_limits: tuple[ApiLimit, ...] = ()
    group_scan_limit: Annotated[int, Number, Field(ge=1, le=500)] = 200
    callback_window_days: Days = 7  # an older callback is refused
    dedupe_days: Days = 8
    keep_bodies_days: Days = 30  # what callbacks and events of our own said
    keep_requests_days: Days = 90  # what was sent, each try, and what was refused at the door
    keep_traces_days: Days = 90  # why, and phrases that no rule knew
    keep_ledger_days: BookDays = 1096  # states and keys of all that: three years

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_sample: Annotated[float, Number, Field(ge=0, le=1)] = 1  # of events, below a warning

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `load` gathered, and nothing from the environment behind its back."""
        return (init_settings,)

    @check("public_url")
    @classmethod
    def _link_base(cls, url: str, info: ValidationInfo) -> str:
        listen = info.data.get("listen", Listen())
        return base_url(url or f"http://127.0.0.1:{listen.port}")

    @check("trusted_proxies")
    @classmethod
    def _networks(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        for one in written:
            try:
                ip_network(one)
            except ValueError as error:
                raise wrong(f"{one} 不是 IP 或网段，应如 127.0.0.1 或 172.16.0.0/12") from error
        return written

    @check("database")
    @classmethod
    def _database(cls, url: str, info: ValidationInfo) -> str:
        return database_url(url, info.data["home"])

    @check("redis_url")
    @classmethod
    def _redis(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(_REDIS):
            raise wrong("应以 redis:// 或 rediss:// 开头")
        return url

    @check("store_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise wrong("没有这个时区，应如 Asia/Shanghai") from error
        return name

    @check("twin_clock_url")
    @classmethod
    def _near(cls, url: str | None) -> str | None:
        if url is not None and not is_loopback(url):
            raise wrong("只能是本机地址：业务时间不能听外面的")
        return url

    @check("welcome_margin_s")
    @classmethod
    def _within_life(cls, margin_s: float, info: ValidationInfo) -> float:
        if margin_s >= info.data.get("welcome_lives_s", margin_s + 1):
            raise wrong("应小于 welcome_lives_s，否则一句欢迎语也发不出")
        return margin_s

    @check("settle_s")
    @classmethod
    def _outlives_call(cls, settle_s: float, info: ValidationInfo) -> float:
        if settle_s <= info.data.get("send_timeout_s", 0):
            raise wrong("应大于 send_timeout_s，否则还没等完应答就去核对了")
        return settle_s

    @check("dedupe_days")
    @classmethod
    def _outlives_window(cls, days: float, info: ValidationInfo) -> float:
        if days <= info.data.get("callback_window_days", 0):
            raise wrong("应大于 callback_window_days，否则窗口里的旧回调会再算一次")
        return days


_NAMES: Mapping[str, tuple[str, ...]] = {
    "": tuple(name for name in Settings.model_fields if name != "home"),
    "oa": tuple(OaAccount.model_fields),
    "wecom": tuple(WecomAccount.model_fields),
    "aibot": tuple(AibotAccount.model_fields),
    "relay": tuple(Relay.model_fields),
    "sources": tuple(Source.model_fields),
    "listen": tuple(Listen.model_fields),
    "oa_quota_after_message": tuple(Quota.model_fields),
    "oa_quota_after_tap": tuple(Quota.model_fields),
    "api_limits": tuple(ApiLimit.model_fields),
}


def load(home: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings of `home`: the environment over settings.yaml over the defaults.

    Raises BadSettings with every error when there is one; warnings are dropped, see `read`.
    Repeating is safe; only `environ` and files are read.
    """
    settings, problems = read(home, environ)
    errors = [problem for problem in problems if problem.level == "error"]
    if settings is None or errors:
        raise BadSettings(errors)
    return settings


def read(home: Path, environ: Mapping[str, str]) -> tuple[Settings | None, tuple[Problem, ...]]:
    """Return the settings, None when validation refuses them, and all errors and warnings."""
    home = home.absolute()
    if not home.is_dir():
        return None, (Place(str(home)).problem("没有这个目录，请先用 init 建一个"),)
    sources = gather(home, environ, Settings)
    problems = [*sources.problems, *_repeated(sources)]
    try:
        settings = Settings.model_validate(dict(sources.values))
    except ValidationError as error:
        known = {(problem.file, problem.line, problem.column) for problem in problems}
        found = explained(error, sources, _NAMES)
        # an unset variable is told once, not again as an empty value
        problems += [each for each in found if (each.file, each.line, each.column) not in known]
        return None, _in_order(problems)
    problems += of_addresses(settings.public_url, settings.sources, sources)
    problems += of_accounts(settings.accounts, sources)
    problems += of_sharing(settings.database, settings.redis_url, sources)
    return settings, _in_order(problems)


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))


def _repeated(sources: Sources) -> Iterator[Problem]:
    """Yield a problem for every account or source whose id or callback path an earlier one has."""
    for section in ("accounts", "sources"):
        listed = sources.values.get(section)
        seen: dict[tuple[str, str], int] = {}
        for index, each in enumerate(listed if isinstance(listed, list) else ()):
            for name, value in _own_names(section, each):
                first = seen.setdefault((name, value), index)
                if first != index:
                    at = sources.place((section, index, name))
                    yield at.problem(f"{section}[{index}].{name}: 与 {section}[{first}] 相同")
                    break  # the same id has the same path


def _own_names(section: str, each: object) -> Iterator[tuple[str, str]]:
    if not isinstance(each, Mapping) or "id" not in each:
        return
    yield "id", str(each["id"])
    if section == "accounts":
        yield "callback_path", str(each.get("callback_path") or f"/callback/{each['id']}")
