"""Builds the parts of an installation from its home, and hands them to each other."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import handlers
from bot.actions import check_declared
from bot.clock import Clock
from bot.member import Quota
from bot.plan import CHANNELS, OCCASIONS, SLOTS, STAGES, VERBS, Playbook
from bot.platforms.envelope import Key, Seal
from bot.platforms.oa.gate import Mode
from bot.settle import check_settled
from bot.shop import AccountKeys, Linking, Masses, Shop, Source, Tills, Times
from commands.parts.operator import OPERATOR, operator_of
from commands.parts.problems import USAGE, stop
from config import content as contents
from config.accounts import Account, AibotAccount, OaAccount
from config.dictionary import FILE as WORDS
from config.dictionary import read_words
from config.home import SAMPLE, UnsafeKey, fill_home, instance_key
from config.nouns import Content
from config.problems import Problem
from config.settings import BadSettings, Settings, load
from config.sounds import Slip
from keyword_rules.load import RuleBook
from keyword_rules.rule import Vocabulary
from keyword_rules.segment import Segmenter, by_jieba
from keyword_rules.slips import Slips
from keyword_rules.template import checked
from keyword_rules.words import bare, comparable

RULES = "rules"
SAMPLE_RULES = Path(__file__).resolve().parents[2] / "keyword_rules" / "sample"
PLAYBOOK = Playbook(
    events=handlers.EVENTS,
    steps=handlers.STEPS,
    unknown=handlers.UNKNOWN,
    finish=handlers.FINISH,
    voice=handlers.VOICE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A home folder, read: settings, content, rules, and what is wrong with them."""

    folder: Path
    settings: Settings
    content: Content
    rules: RuleBook
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The content's problems that keep it from being served."""
        return tuple(p for p in self.problems if p.level == "error")

    @property
    def rule_problems(self) -> tuple[str, ...]:
        """What is wrong with the rules, or with the words by which they cut texts."""
        words = (str(error) for error in self.errors if error.file == WORDS)
        return (*words, *map(str, self.rules.problems))


def fill(home: Path, pack: str = "") -> list[Path]:
    """Fill a home with the samples or a pack, rules included; what is there already stays."""
    written = fill_home(home, pack)
    schema = SAMPLE_RULES.parent / "rules.schema.json"
    rules = [] if pack else sorted(SAMPLE_RULES.glob("*.yaml"))  # a pack brings its own
    targets = {rule: home / RULES / rule.name for rule in rules}
    for source, target in {**targets, schema: home / schema.name}.items():
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            written.append(target)
    return written


def open_home(folder: Path, *, with_rules: bool = True) -> Home:
    """Read a home. Stops with every problem of its settings; keeps the others for the caller."""
    if not folder.is_dir():
        stop(f"没有家目录 {folder}：先运行 python run.py init --home {folder}", USAGE)
    try:
        settings = load(folder, os.environ)
    except BadSettings as bad:
        stop(f"设置有问题，未启动：\n{bad}")
    content, problems = content_of(folder, settings)
    rules, wrong_words = rule_book(folder, content, settings.sound_slips)
    if with_rules:
        rules.reload()
    problems = (*problems, *wrong_words)
    return Home(folder=folder, settings=settings, content=content, rules=rules, problems=problems)


def content_of(
    folder: Path, settings: Settings, fresh: Mapping[str, str] = MappingProxyType({})
) -> tuple[Content, tuple[Problem, ...]]:
    """Read a home's content, with texts of files as if these were there, and what is wrong."""
    return contents.read(
        folder,
        accounts=frozenset(a.id for a in settings.accounts),
        official=frozenset(a.id for a in settings.accounts if isinstance(a, OaAccount)),
        zone=settings.store_zone,
        check_text=check_text,
        comparable=bare,
        fresh=fresh,
    )


def rule_book(
    folder: Path, content: Content, slips: tuple[Slip, ...]
) -> tuple[RuleBook, tuple[Problem, ...]]:
    """Return a home's rules, not read yet, and what is wrong with the words they are cut by."""
    segment, problems = segmenter_of(folder)
    return RuleBook(rules_folder(folder), vocabulary(content), segment, Slips.of(slips)), problems


def segmenter_of(folder: Path) -> tuple[Segmenter, tuple[Problem, ...]]:
    """Return how texts are cut in a home, and what is wrong with the words that it adds."""
    words, problems = read_words(folder, comparable)
    return Segmenter(words) if words else by_jieba(), problems


def without_accounts(home: Home) -> str | None:
    """Return what to do about a home that names no account, such as an empty one, else None."""
    if home.settings.accounts:
        return None
    return (
        f"家目录 {home.folder} 里没有账号：新的家先运行 python run.py init --home {home.folder}，"
        "已有的请在 settings.yaml 里写 accounts"
    )


def sample_home() -> Home:
    """Read the samples themselves, for commands that need no home of their own."""
    return open_home(SAMPLE)


def rules_folder(home: Path) -> Path:
    """Return where a home's rules lie."""
    return SAMPLE_RULES if home == SAMPLE else home / RULES


def vocabulary(content: Content) -> Vocabulary:
    """Return what rules may say and name in this installation."""
    return Vocabulary(
        verbs=VERBS,
        names={
            "campaign": frozenset(content.campaigns),
            "pool": frozenset(content.pools),
            "persona": frozenset(content.personas),
            "store": frozenset(content.stores),
            "channel": CHANNELS,
            "occasion": OCCASIONS,
            "stage": STAGES,
            "group": frozenset(content.pools),
            "notice": frozenset(content.notices),
            "day": content.calendar.names,
        },
        slots=SLOTS,
    )


def check_text(text: str) -> str | None:
    """Return everything that is wrong with a text's slots, or None."""
    asked, wrong = checked(text)
    unknown = asked - SLOTS
    named = [f"没有空位 {{{'}、{'.join(sorted(unknown))}}}"] if unknown else []
    return "；".join([*map(str, wrong), *named]) or None


def shop_of(home: Home, clock: Clock) -> Shop:
    """Build what decisions are made with. Raises Undeclared when an action kind is incomplete."""
    check_declared()
    check_settled()
    settings = home.settings
    try:
        key = instance_key(home.folder)
    except UnsafeKey as unsafe:
        stop(str(unsafe))
    return Shop(
        accounts={
            account.id: account_keys(account, f"accounts[{index}]")
            for index, account in enumerate(settings.accounts)
        },
        playbook=PLAYBOOK,
        rules=lambda: home.rules.current,
        content=lambda: home.content,
        zone=ZoneInfo(settings.store_zone),
        public_url=settings.public_url,
        instance_key=key,
        clock=clock,
        times=Times(
            answer_within_s=settings.answer_within_s,
            reply_fallback=timedelta(seconds=settings.reply_fallback_s),
            welcome_lives=timedelta(seconds=settings.welcome_lives_s),
            welcome_margin=timedelta(seconds=settings.welcome_margin_s),
            group_lag=timedelta(seconds=settings.group_lag_s),
            callback_window=timedelta(days=settings.callback_window_days),
            settle=timedelta(seconds=settings.settle_s),
        ),
        tills=Tills(
            undo_within=timedelta(minutes=settings.redeem_undo_min),
            device_binding=settings.coupon_device_binding,
        ),
        linking=_linking(settings),
        quota=_quota(settings),
        masses=_masses(settings),
        sources={**sources_of(settings), OPERATOR: operator_of(key)},
        proxies=tuple(map(ip_network, settings.trusted_proxies)),
    )


def _masses(settings: Settings) -> Masses:
    after_h = settings.mass_remind_after_h
    return Masses(cap=settings.mass_cap, remind_after=timedelta(hours=after_h) if after_h else None)


def _quota(settings: Settings) -> Quota:
    return Quota(
        after_message=settings.oa_quota_after_message.messages,
        after_tap=settings.oa_quota_after_tap.messages,
    )


def _linking(settings: Settings) -> Linking:
    return Linking(
        token_lives=timedelta(seconds=settings.link_token_s),
        passphrase_window=timedelta(hours=settings.passphrase_window_h),
        kf_ids_are_contacts=settings.kf_ids_are_contacts,
    )


def sources_of(settings: Settings) -> dict[str, Source]:
    """Return the systems that may tell us things, by id."""
    return {
        one.id: Source(
            id=one.id, kinds=frozenset(one.kind), secret=one.secret.get_secret_value().encode()
        )
        for one in settings.sources
    }


def account_keys(account: Account, setting: str) -> AccountKeys:
    """Return one account, which stands in the settings at `setting`, as callbacks need it."""
    secrets = [account.aes_key, account.previous_aes_key]
    keys = tuple(Key(s.get_secret_value()) for s in secrets if s is not None)
    mode, receivers, name = Mode.SAFE, frozenset({account.scope}), ""
    if isinstance(account, OaAccount):
        mode = Mode(account.mode)
    elif isinstance(account, AibotAccount):
        receivers, name = frozenset({""}), account.name  # wecom/apps-and-bots.md section 4
    else:
        receivers |= {*account.receivers}
    seal = Seal(token=account.token.get_secret_value(), keys=keys, receivers=receivers)
    return AccountKeys(
        id=account.id, channel=account.kind, scope=account.scope, path=account.callback_path,
        seal=seal, mode=mode, setting=setting, name=name,
        relayed=account.relay is not None,
    )  # fmt: skip
