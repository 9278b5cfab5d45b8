import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.errors import ConfigError, SignatureError
from payments_moota.rules.signature import parse_allowed, verify_signature

quick = settings(max_examples=60, deadline=None)
BODY = b'[{"amount":150347,"description":"BAYAR \\/ K7QX2M"}]'
SECRET = "rahasia-warung"
# Made by OpenSSL: printf %s BODY | openssl dgst -sha256 -hmac SECRET
KNOWN = "2d9806756c726daf51f8d116bc01a19cd2d784e8d8576e9273e6f4e8d59afa30"


def sign(body, secret):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_a_signature_made_by_another_program_is_accepted():
    verify_signature(BODY, KNOWN, [SECRET])


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="no header"),
        pytest.param("", id="an empty header"),
        pytest.param(KNOWN.upper(), id="capitals"),
        pytest.param(f"sha256={KNOWN}", id="a prefix"),
        pytest.param(f" {KNOWN}", id="a space before"),
        pytest.param(KNOWN[:-1], id="cut short"),
        pytest.param(KNOWN + "0", id="too long"),
        pytest.param("0" * 64, id="another digest"),
        pytest.param(sign(BODY, "other"), id="another secret"),
        pytest.param(sign(BODY, ""), id="the empty secret"),
        pytest.param(sign(BODY + b"\n", SECRET), id="another body"),
        pytest.param(hashlib.sha256(BODY).hexdigest(), id="a digest without a key"),
        pytest.param("é" * 64, id="characters that no digest has"),
        pytest.param("\ud800", id="half a character"),
    ],
)
def test_any_other_header_is_refused(header):
    with pytest.raises(SignatureError):
        verify_signature(BODY, header, [SECRET])


@pytest.mark.parametrize("secrets", [[SECRET, "new"], ["new", SECRET], ("a", SECRET, "b")])
def test_while_a_secret_is_changed_both_are_accepted(secrets):
    verify_signature(BODY, KNOWN, secrets)


@pytest.mark.parametrize("secrets", [[], [""], [SECRET, ""], ()])
def test_without_a_secret_nothing_is_trusted(secrets):
    """An empty secret is one that everybody knows."""
    with pytest.raises(ConfigError, match="MOOTA_WEBHOOK_SECRET"):
        verify_signature(BODY, KNOWN, secrets)
    with pytest.raises(ConfigError):
        verify_signature(BODY, sign(BODY, ""), secrets)


def test_every_secret_is_tried_so_that_timing_tells_nothing(monkeypatch):
    compared = []

    def spy(left, right):
        compared.append(left)
        return left == right

    monkeypatch.setattr("payments_moota.rules.signature.hmac.compare_digest", spy)

    verify_signature(BODY, KNOWN, [SECRET, "second", "third"])

    assert len(compared) == 3


@quick
@given(st.binary(min_size=1), st.text(min_size=1).filter(lambda secret: secret.isprintable()), st.data())
def test_one_changed_byte_of_the_body_is_refused(body, secret, data):
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[place] ^= data.draw(st.integers(1, 255))

    verify_signature(body, sign(body, secret), [secret])
    with pytest.raises(SignatureError):
        verify_signature(bytes(changed), sign(body, secret), [secret])


MOOTA = "103.236.201.178,103.28.52.182"


@pytest.mark.parametrize(
    ("allowed", "address", "welcome"),
    [
        pytest.param(MOOTA, "103.236.201.178", True, id="the first address"),
        pytest.param(MOOTA, "103.28.52.182", True, id="the second address"),
        pytest.param(MOOTA, "103.236.201.179", False, id="its neighbour"),
        pytest.param(MOOTA, "127.0.0.1", False, id="this machine"),
        pytest.param(MOOTA, "::ffff:103.236.201.178", True, id="IPv4 inside IPv6"),
        pytest.param(MOOTA, "::ffff:103.236.201.179", False, id="another IPv4 inside IPv6"),
        pytest.param(MOOTA, "::103.236.201.178", False, id="something else that looks like it"),
        pytest.param(MOOTA, "", False, id="no address"),
        pytest.param(MOOTA, "103.236.201.178:443", False, id="an address with a port"),
        pytest.param(MOOTA, "103.236.201.178, 10.0.0.1", False, id="a forwarded chain"),
        pytest.param(" 10.0.0.0/8 , 192.0.2.1,", "10.255.255.255", True, id="a network, spaces, a last comma"),
        pytest.param("10.0.0.0/8", "11.0.0.0", False, id="outside the network"),
        pytest.param("2001:db8::/32", "2001:db8::1", True, id="an IPv6 network"),
        pytest.param("2001:db8::/32", "2001:db9::1", False, id="outside the IPv6 network"),
        pytest.param("2001:db8::/32", "10.0.0.1", False, id="IPv4 is not in an IPv6 network"),
        pytest.param("::ffff:103.236.201.178", "103.236.201.178", True, id="an entry written inside IPv6"),
        pytest.param("::ffff:10.0.0.0/104", "10.1.2.3", True, id="a network written inside IPv6"),
        pytest.param("::ffff:10.0.0.0/104", "::ffff:11.1.2.3", False, id="outside a network written inside IPv6"),
        pytest.param("::ffff:0:0/96", "192.0.2.1", True, id="all of IPv4 written inside IPv6"),
        pytest.param("2001:db8::1", "2001:db8::1", True, id="a single IPv6 address"),
        pytest.param("2001:db8::1", "2001:db8::2", False, id="beside a single IPv6 address"),
        pytest.param("::/0", "2001:db8::1", True, id="all of IPv6"),
        pytest.param("::/0", "192.0.2.1", False, id="all of IPv6 is not IPv4"),
        pytest.param("0.0.0.0/0", "192.0.2.1", True, id="all of IPv4"),
        pytest.param("*", "192.0.2.1", True, id="any"),
        pytest.param("*", "", True, id="any, even a socket without an address"),
        pytest.param("10.0.0.1,*", "192.0.2.1", True, id="any beside an address"),
    ],
)
def test_an_address_is_welcome_when_it_is_listed(allowed, address, welcome):
    assert parse_allowed(allowed).allows(address) is welcome


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("103.236.201.178,moota.co", "'moota.co'"),
        ("10.0.0.1/8", "'10.0.0.1/8'"),
        ("300.1.1.1", "'300.1.1.1'"),
        ("10.0.0.0/33", "'10.0.0.0/33'"),
        ("10.0.0.1 10.0.0.2", "'10.0.0.1 10.0.0.2'"),
        ("10.0.0.*", r"'10\.0\.0\.\*'"),
        ("", "no address is allowed"),
        (" , ", "no address is allowed"),
    ],
)
def test_a_bad_entry_is_named(text, named):
    with pytest.raises(ValueError, match=named):
        parse_allowed(text)
