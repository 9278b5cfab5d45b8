"""Pictures: made anew, kept in widths, and nothing else of what was uploaded."""

import io

import pytest
from PIL import Image
from shopfloor import on_sqlite

from storefront import media

pytestmark = on_sqlite


def file_of(width, height, kind="JPEG", mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, (width, height), "red").save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def app(shop):
    with shop.app.test_request_context():
        yield shop.app


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("width", "widths"), [(2000, [320, 640, 1280]), (1280, [320, 640, 1280]), (700, [320, 640, 700]), (100, [100])]
)
def test_a_picture_is_kept_in_widths_and_never_made_larger(app, width, widths):
    picture = media.remake(file_of(width, width // 2))
    assert sorted(picture.versions) == widths
    assert {size: opened(content).size for size, content in picture.versions.items()} == {
        size: (size, size // 2) for size in widths
    }
    kept = media.keep(picture, "Kemasan merah")
    assert media.widths_of(kept) == widths
    assert kept["alt"] == "Kemasan merah"


def test_what_is_not_a_pixel_stays_behind_and_the_picture_stands_upright(app):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "rumah saya"
    picture = media.remake(file_of(400, 200, exif=exif))
    content = picture.versions[max(picture.versions)]
    assert opened(content).size == (200, 400)
    assert b"rumah saya" not in content
    assert opened(content).format == "WEBP"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "kosong"),
        (b"bukan gambar", "bukan gambar"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
        (file_of(50, 50)[:200], "rusak"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bukan gambar"),
    ],
)
def test_a_file_that_is_refused_says_why(app, content, said):
    with pytest.raises(media.PictureRefusedError, match=said):
        media.remake(content)


@pytest.mark.parametrize("side", [9000, 20_000])
def test_a_bomb_is_refused_before_it_is_unpacked(app, side):
    with pytest.raises(media.PictureRefusedError, match="juta piksel"):
        media.remake(file_of(side, side, "PNG", mode="1", optimize=False))


def test_a_very_tall_picture_is_made_no_taller_than_is_useful(app):
    assert media.remake(file_of(400, 8000)).height == media.MAX_HEIGHT


def test_transparency_stays_and_colours_for_printing_become_those_of_screens(app):
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    clear = opened(media.remake(out.getvalue()).versions[50])
    out = io.BytesIO()
    Image.new("CMYK", (50, 50), (0, 255, 255, 0)).save(out, "JPEG", icc_profile=b"nonsense" * 40)
    printed = opened(media.remake(out.getvalue()).versions[50])
    assert clear.getpixel((9, 9))[3] == 0
    red, green, blue = printed.convert("RGB").getpixel((9, 9))
    assert red > 200
    assert max(green, blue) < 60


def test_pictures_are_handed_out_for_good_and_nothing_beside_them(shop, visitor):
    with shop.app.test_request_context():
        kept = media.keep(media.remake(file_of(700, 350)))
    answer = visitor.get(f"/media/{kept['id']}-640.webp", buffered=True)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    for path in (f"/media/{kept['id']}-641.webp", "/media/..%2F..%2Fsecret-640.webp", f"/media/{'a' * 24}-640.webp"):
        refused = visitor.get(path)
        assert refused.status_code == 404
        assert "immutable" not in refused.headers.get("Cache-Control", "")
    with shop.app.test_request_context():
        media.remove(kept)
        media.remove(kept)
    assert visitor.get(f"/media/{kept['id']}-640.webp").status_code == 404
