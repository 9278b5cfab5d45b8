"""The owner's own words: what may be said, what must be, and how they become a letter."""

import pytest

from storefront.notifications.letters import EMAILS, KINDS, parts, plain_parts, problems

FACTS = {"name": "Siti <b>", "order": "INV-1", "link": "https://toko.test/o?a=1&b=2", "pay": "https://toko.test/p"}
EVERY = [(channel, letter) for channel, kinds in KINDS.items() for letter in kinds]


@pytest.mark.parametrize(("channel", "letter"), EVERY)
def test_our_own_words_keep_our_own_rules(channel, letter):
    kind = KINDS[channel][letter]

    assert problems(kind, str(kind.subject), str(kind.body)) == ([], [])


@pytest.mark.parametrize(
    ("subject", "body", "strange", "missing"),
    [
        ("Bayar {order}", "{payment}\n\n{pay}", [], []),
        ("Bayar", "{payment}", [], ["pay"]),
        ("Bayar", "Halo {nama} {nama}", ["nama"], ["payment", "pay"]),
        ("Bayar {payment}", "{payment} {pay}", ["payment"], []),
        ("Bayar {{ config }}", "{payment} {pay} {tracking}", ["tracking"], []),
    ],
)
def test_what_cannot_be_filled_and_what_is_missing_is_named(subject, body, strange, missing):
    assert problems(EMAILS["instructions"], subject, body) == (strange, missing)


def test_blocks_stand_alone_and_are_words_elsewhere():
    body = "Halo {name}\n\n{payment}\n\n- satu\n- {link}\n\n{link}"

    assert [block for block, _html in parts(body, FACTS)] == ["", "payment", "", "link"]
    assert plain_parts(body, FACTS)[2] == ("", "- satu\n- https://toko.test/o?a=1&b=2")


def test_facts_are_escaped_and_never_become_markup_or_an_address():
    facts = {**FACTS, "name": "[x](javascript:alert(1)) <script>"}

    ((_block, html),) = parts("Halo {name}, [klik]({name}) atau [bayar]({pay})", facts)

    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "[x](javascript:alert(1)) &lt;script&gt;" in html
    assert 'href="https://toko.test/p"' in html


def test_a_letter_as_text_has_no_marks():
    assert plain_parts("## Halo\n\n**Penting**: [bayar]({pay})", FACTS) == [
        ("", "Halo\n\nPenting: bayar: https://toko.test/p")
    ]
