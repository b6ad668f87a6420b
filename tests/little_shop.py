"""A shop of two stores, small enough to know by heart: its content, its rules, its clock."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from config.nouns import Campaign, Content, EntryCode, Group, Persona, Pool, Staff, Store, Welcome
from keyword_rules.match import RuleSet
from keyword_rules.rule import Key, Mode, Phrase, Rule, Step, Where
from tests.rule_makers import rule, ruleset

NOW_S = 1_760_000_000  # 2025-10-09 16:53:20 in Shanghai, when the sealed callbacks are stamped
NOW = datetime.fromtimestamp(NOW_S, UTC)
NOW_US = NOW_S * 1_000_000
TILL_KEY = "till-key-of-S012"
OTHER_TILL_KEY = "till-key-of-S001"
CASHIER_PIN, MANAGER_PIN = "4827", "9153"
CASHIER_DIGEST = "scrypt:14:Yl_z8iBmVXTPMGZk:ykQ1RosiTvZazMlTQdb5M5iMzEp9p9vM"
MANAGER_DIGEST = "scrypt:14:EsnQA9nPoK9by7Xg:ZnKkVAKOBwZ1nZtuh4VgH19tDKkRsKlR"

GROUPS = (
    Group(chat="wrPETS1", name="良渚宠物一群", store="S012", capacity=3, qr_code="https://q/1.png"),
    Group(chat="wrPETS2", name="良渚宠物二群", store="S012", capacity=3, qr_code="https://q/2.png"),
    Group(chat="wrPETS0", name="宠物总群", capacity=3, qr_code="https://q/0.png"),
)
PETS = Pool(
    id="pets", name="宠物群", account="corp", groups=GROUPS, benefit="pet-gift", tags=("群/宠物",),
    warn_at=2, hello="欢迎来到{group_name}",
)  # fmt: skip
NEWCOMER = Campaign(id="newcomer", name="新人券", stock=5, terms="满20减5", value_fen=500)
LAST_EGG = Campaign(id="egg", name="鸡蛋券", stock=1, terms="一盒", stores=("S012",))
PET_GIFT = Campaign(id="pet-gift", name="进群礼", stock=5, terms="满39减8")
XIAODU = Persona(
    id="xiaodu",
    name="小度哥",
    replies={
        "greeting": ("你好，我是{persona_name}",),
        "fallback": ("没听懂",),
        "fallback_twice": ("还是没听懂，帮您叫人",),
        "handover": ("马上叫人",),
        "no_group": ("群满了（小度哥）",),
    },
)
XIAOYI = Persona(id="xiaoyi", name="小壹妹妹", replies={"greeting": ("又见面啦",)})
LAOBAN = Persona(
    id="laoban", name="店老板", replies={"hours": ("{store_hours}开门",), "no_group": ("坐满了",)}
)
WELCOMES = (
    Welcome(id="poster", occasion="follow", key="poster-*", text="欢迎来{store_name}"),
    Welcome(id="door", occasion="follow", key="poster-S012-door", text="门口见", tags=("门口",)),
    Welcome(id="plain", occasion="follow", text="欢迎关注"),
    Welcome(
        id="staff", occasion="contact", key="staff-*", text="欢迎，进群：{join_url}", pool="pets",
        remark="{store_name}-{member_name}",
    ),
)  # fmt: skip


def shop_content() -> Content:
    """Everything the shop's operator wrote besides rules."""
    return Content(
        stores={
            "S001": Store(
                id="S001", name="文三店", redeem_key_sha256=_digest(OTHER_TILL_KEY),
                cashier_pin=CASHIER_DIGEST,
            ),
            "S012": Store(
                id="S012", name="良渚店", hours="7点", persona="laoban",
                redeem_key_sha256=_digest(TILL_KEY), cashier_pin=CASHIER_DIGEST,
                manager_pin=MANAGER_DIGEST,
            ),
        },
        staff={"xiaowang": Staff(userid="xiaowang", name="小王", store="S012")},
        pools={"pets": PETS},
        campaigns={c.id: c for c in (NEWCOMER, LAST_EGG, PET_GIFT)},
        personas={p.id: p for p in (XIAODU, XIAOYI, LAOBAN)},
        welcomes=WELCOMES,
        entry_codes={
            key: EntryCode(key=key, store="S012")
            for key in ("poster-S012-door", "poster-S012-till", "staff-xiaowang")
        },
        default_persona="xiaodu",
        member_persona="xiaoyi",
        store_persona="laoban",
        person_words=("人工",),
    )  # fmt: skip


def shop_rules() -> RuleSet:
    """The rules of the shop."""
    return ruleset(*_rules())


def _rules() -> tuple[Rule, ...]:
    said = {
        "coupon": (("领券",), Step(verb="grant", args={"campaign": "newcomer"})),
        "egg": (("鸡蛋",), Step(verb="grant", args={"campaign": "egg"})),
        "pets": (("宠物群",), Step(verb="invite", args={"pool": "pets"})),
        "hours": (("几点",), Step(verb="topic", args={"name": "hours"})),
        "quiet": (("退订",), Step(verb="tag", args={"names": ("勿扰",)})),
    }
    rules = [
        replace(rule(name, "contains", *words), do=(step, _tag(f"问过/{name}")))
        for name, (words, step) in said.items()
    ]
    key = Key(any=(Phrase(text="coupon-key", mode=Mode.EQUALS),))
    rules.append(
        Rule(
            id="menu", file="test.yaml", line=1, column=1, on=frozenset({"menu"}), key=key,
            where=Where(), do=(Step(verb="grant", args={"campaign": "newcomer"}),),
        )
    )  # fmt: skip
    return tuple(rules)


def _tag(name: str) -> Step:
    return Step(verb="tag", args={"names": (name,)})


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
