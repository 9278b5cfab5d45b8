"""The provider's picture of a QR code is fetched with care: it becomes a PNG of our own, or nothing."""

import io

import pytest
from hosts.scripted import answer, half, reset, serving, silence
from PIL import Image

from payments_moota.api.images import fetch_image
from payments_moota.errors import ApiError


def picture(kind="PNG", size=(40, 40), **options):
    drawn = io.BytesIO()
    Image.new("RGB", size, "white").save(drawn, kind, **options)
    return drawn.getvalue()


@pytest.fixture
def provider():
    with serving() as script:
        yield script


def fetch(provider, content, path="/qr.png"):
    provider.then(content if callable(content) else answer(content, Content_Type="image/png"))
    return fetch_image(f"{provider.url}{path}", base_url=provider.url)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_any_common_picture_becomes_a_plain_png(provider, kind):
    made = Image.open(io.BytesIO(fetch(provider, picture(kind), "/qr?id=1&size=2")))

    assert (made.format, made.mode, made.size) == ("PNG", "L", (40, 40))
    assert provider.asked[0].query == {"id": "1", "size": "2"}
    assert "Authorization" not in provider.asked[0].headers


def test_what_is_transparent_becomes_white(provider):
    clear = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(clear, "PNG")

    assert Image.open(io.BytesIO(fetch(provider, clear.getvalue()))).getpixel((5, 5)) == 255


def test_nothing_that_was_hidden_in_it_stays(provider):
    assert b"rahasia" not in fetch(provider, picture() + b"<script>rahasia</script>")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture", id="SVG"),
        pytest.param(b"<html>", "no picture", id="HTML"),
        pytest.param(picture()[:60], "no picture", id="a part of one"),
        pytest.param(picture("BMP"), "no picture", id="another kind"),
        pytest.param(picture(size=(2001, 2001)), "too many pixels", id="too many pixels"),
        pytest.param(b"x" * (512 * 1024 + 1), "too large", id="too large"),
        pytest.param(answer(b"", 404), "answered 404", id="404"),
        pytest.param(answer(b"", 302, Location="http://10.0.0.1/"), "answered 302", id="redirected"),
        pytest.param(reset, "ProtocolError", id="hung up"),
        pytest.param(half("x" * 500), "", id="half a body"),
    ],
)
def test_anything_else_is_refused_in_words(provider, content, words):
    with pytest.raises(ApiError, match="cannot be had") as caught:
        fetch(provider, content)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://img.contoh.test/qr.png", "not https"),
        ("https://127.0.0.1/qr.png", "not on the internet"),
        ("https://10.1.2.3/qr.png", "not on the internet"),
        ("https://169.254.169.254/latest", "not on the internet"),
        ("https://[::1]/qr.png", "not on the internet"),
        ("https://[::ffff:10.0.0.1]/qr.png", "not on the internet"),
        ("https://localhost/qr.png", "not on the internet"),
        ("https://tidak-ada.invalid/qr.png", "not known"),
        ("file:///etc/passwd", "not https"),
        ("//img.contoh.test/qr.png", "not https"),
        ("", "not https"),
    ],
)
def test_no_address_of_ones_own_network_is_asked(url, words):
    with pytest.raises(ApiError) as caught:
        fetch_image(url, base_url="https://app.moota.co")

    assert words in str(caught.value)


def test_a_provider_that_says_nothing_is_given_up(provider, monkeypatch):
    import urllib3

    monkeypatch.setattr("payments_moota.api.images._TIMEOUT", urllib3.Timeout(total=0.3))

    with pytest.raises(ApiError, match="ReadTimeoutError"):
        fetch(provider, silence)
