"""Every hostile input of the list has a test that is named after what it shows.

The numbers are those of the list; where an answer is the web server's own affair, the test shows
that it is.
"""

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.source import ROOT, functions, tree_of

HTTP, QUERIES = "test_hostile_http", "test_hostile_queries"
MESSAGES, WISHES = "test_hostile_messages", "test_hostile_wishes"
OTHER_BODY = f"{HTTP}::test_a_body_of_another_kind_is_refused_at_once"
TWO_WAYS = f"{HTTP}::test_a_length_that_can_be_read_in_two_ways_is_refused"
BELIEVED = f"{HTTP}::test_what_a_body_calls_itself_is_not_believed"
STRANGE = f"{HTTP}::test_a_strange_request_is_answered_as_one"
QUERY = f"{QUERIES}::test_a_query_that_proves_nothing_is_refused_like_every_other"
DOCUMENT = f"{MESSAGES}::test_signed_hostile_documents_are_quarantined_in_one_row_each"
TOO_LARGE = f"{MESSAGES}::test_a_document_beyond_the_limit_of_a_body_is_refused_unread"
ENVELOPE = "test_tree::test_an_envelope_without_exactly_one_encrypt_is_refused"
CIPHER = f"{MESSAGES}::test_hostile_ciphers_leave_no_trace_unsigned_and_one_row_signed"
READABLE = f"{MESSAGES}::test_a_strange_message_is_kept_in_one_row_as_what_it_is"
WELCOME = f"{MESSAGES}::test_a_strange_welcome_code_breaks_nothing"
ADDRESS = f"{WISHES}::test_an_address_in_a_message_is_kept_and_never_fetched"
FALLBACK = f"{WISHES}::test_words_that_no_rule_knows_get_the_stated_fallback"


def _all(test: str, *numbers: int) -> dict[int, str]:
    return dict.fromkeys(numbers, test)


SHOWN: Mapping[int, str] = {
    **_all(OTHER_BODY, 1, 2, 9, 10, 11, 12),
    3: f"{HTTP}::test_3_a_chunked_body_without_end_is_refused",
    4: f"{HTTP}::test_4_a_hundred_thousand_chunks_of_a_byte_are_refused",
    5: f"{HTTP}::test_5_a_body_longer_than_it_says_is_cut_and_refused",
    6: f"{HTTP}::test_6_a_body_shorter_than_it_says_is_waited_for_and_refused",
    **_all(TWO_WAYS, 7, 8),
    **_all(BELIEVED, 13, 14),
    15: f"{HTTP}::test_15_whoever_sends_a_header_a_byte_at_a_time_holds_up_nobody",
    16: f"{HTTP}::test_16_a_body_a_byte_at_a_time_is_given_up",
    17: f"{HTTP}::test_17_thousands_of_idle_connections_leave_room_for_a_callback",
    **_all(STRANGE, 18, 19, 20, 21, 22),
    23: f"{HTTP}::test_23_a_hundred_requests_in_one_go_are_each_answered",
    **_all(QUERY, 24, 25, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 42),
    26: f"{QUERIES}::test_26_a_signature_given_twice_is_refused",
    41: f"{QUERIES}::test_41_a_clear_message_to_a_sealed_account_is_refused",
    43: f"{QUERIES}::test_43_a_verification_with_a_bad_signature_is_refused",
    44: f"{QUERIES}::test_44_an_echo_of_a_page_is_text_that_no_browser_runs",
    45: f"{QUERIES}::test_45_an_account_that_is_not_served_verifies_nothing",
    **_all(DOCUMENT, 46, 47, 48, 49, 50, 51, 52, 60, 61, 62, 63, 64, 67),
    **_all(TOO_LARGE, 53, 54, 55, 108),
    **_all(ENVELOPE, 56, 57),
    **_all(READABLE, 58, 59, 65, 66, 68, 69, 70, *range(89, 104), 107, 109, 110, 111, 112),
    **_all(CIPHER, *range(71, 86)),
    86: f"{MESSAGES}::test_86_what_opens_and_is_no_text_is_quarantined",
    87: "test_envelope::test_87_every_single_bit_flip_of_a_message_is_refused_by_the_signature",
    88: f"{MESSAGES}::test_88_flips_that_are_signed_are_answered_and_quarantined",
    **_all(WELCOME, 104, 105, 106),
    **_all(ADDRESS, *range(113, 122)),
    122: f"{WISHES}::test_122_a_wish_for_a_hundred_coupons_that_names_the_keyword_gets_one",
    123: f"{WISHES}::test_123_a_wish_in_a_nickname_is_a_name",
    **_all(FALLBACK, 124, 125),
    126: f"{WISHES}::test_126_a_link_in_a_question_never_comes_back_in_the_answer",
    127: f"{WISHES}::test_127_fifty_messages_in_a_second_are_each_kept_and_one_coupon_given",
}


def test_every_number_has_its_test() -> None:
    assert sorted(SHOWN) == list(range(1, 128))


@pytest.mark.parametrize("test", sorted({*SHOWN.values()}))
def test_each_test_exists_and_speaks_of_its_numbers(test: str) -> None:
    module, name = test.split("::")
    tree = tree_of(ROOT / "tests" / f"{module}.py")
    assert name in {node.name for node in functions(tree)}

    told = {number for text in _texts(tree, module) for number in _numbers(text)}
    assert {number for number, shown in SHOWN.items() if shown == test} <= told


def _texts(tree: ast.Module, module: str) -> Iterator[str]:
    """The names of a module's tests and every text in it, and in the tables it borrows."""
    yield from (node.name.removeprefix("test_") for node in functions(tree))
    yield from (str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant))
    if module == MESSAGES:
        for lender in ("test_tree", "test_envelope"):
            yield from _texts(tree_of(ROOT / "tests" / f"{lender}.py"), lender)


def _numbers(text: str) -> Iterator[int]:
    """The number at the head of an id, such as `73 white space inside`, `73b` or `73_white`."""
    head = text.replace("_", " ").split(" ")[0].rstrip("abcde")
    if head.isascii() and head.isdigit() and len(head) < 4:
        yield int(head)
