"""Uploads as people send them, and as somebody who means harm sends them."""

import io
import os
import struct
import zipfile
import zlib

import pytest
from PIL import Image, PngImagePlugin

from payments_moota.errors import InvalidEvidence
from payments_moota.evidence import MAX_BYTES, MAX_SIDE, clean_file

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SECRET = b"Jl. Kenanga 7"


def picture(image_format="JPEG", size=(40, 30), mode="RGB", color=(200, 30, 30), **options):
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, image_format, **options)
    return out.getvalue()


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def why(filename, content):
    with pytest.raises(InvalidEvidence) as refused:
        clean_file(filename, content)
    return refused.value.why


def exif():
    tags = Image.Exif()
    tags[0x010E] = SECRET.decode()  # description
    tags[0x0112] = 6  # to be shown turned by 90 degrees
    tags.get_ifd(0x8825)[2] = (6.0, 10.0, 30.0)  # latitude
    return tags


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


class TestPictures:
    @pytest.mark.parametrize(
        ("image_format", "media_type", "suffix"),
        [("JPEG", "image/jpeg", ".jpg"), ("PNG", "image/png", ".png"), ("WEBP", "image/webp", ".webp")],
    )
    def test_they_keep_their_kind_and_their_pixels(self, image_format, media_type, suffix):
        file = clean_file("bukti.bin", picture(image_format))
        red, green, blue = opened(file.content).convert("RGB").getpixel((20, 15))
        assert (file.media_type, file.filename) == (media_type, f"bukti{suffix}")
        assert (red > 180, max(green, blue) < 60) == (True, True)

    @pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA", "RGBA", "I;16"])
    def test_other_colours_than_rgb(self, mode):
        image_format = {"CMYK": "JPEG"}.get(mode, "PNG")
        out = io.BytesIO()
        Image.new(mode, (10, 10)).save(out, image_format)
        assert opened(clean_file("x", out.getvalue()).content).size == (10, 10)

    def test_transparency_stays(self):
        file = clean_file("x.png", picture("PNG", mode="RGBA", color=(0, 0, 0, 0)))
        assert opened(file.content).getpixel((5, 5))[3] == 0

    def test_where_it_was_taken_is_gone_and_it_stands_upright(self):
        source = picture(exif=exif(), icc_profile=b"profile" * 20, comment=SECRET)
        assert SECRET in source
        file = clean_file("foto.jpg", source)
        made = opened(file.content)
        assert SECRET not in file.content
        assert b"Exif" not in file.content
        assert b"profile" not in file.content
        assert (made.size, dict(made.getexif())) == ((30, 40), {})

    def test_the_texts_of_a_png_are_gone(self):
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", SECRET.decode())
        file = clean_file("x.png", picture("PNG", pnginfo=info))
        assert SECRET not in file.content

    def test_a_large_one_becomes_smaller(self):
        file = clean_file("x.png", picture("PNG", size=(4000, 1000), mode="L", color=9))
        assert opened(file.content).size == (MAX_SIDE, MAX_SIDE // 4)

    def test_of_a_moving_one_the_first_frame(self):
        frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
        out = io.BytesIO()
        frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
        assert getattr(opened(clean_file("x", out.getvalue()).content), "n_frames", 1) == 1


class TestAttacks:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(SVG, id="svg"),
            pytest.param(b"<!doctype html><script>alert(1)</script>", id="html"),
            pytest.param(b"MZ" + b"\0" * 200, id="program"),
            pytest.param(b"GIF89a" + b"\0" * 50, id="gif"),
            pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="postscript"),
            pytest.param(b"\0" * 100, id="zeros"),
        ],
    )
    def test_another_kind_of_file_by_any_name(self, content):
        assert why("foto.png", content) == "kind"

    @pytest.mark.parametrize("image_format", ["GIF", "TIFF", "BMP", "ICO", "PPM"])
    def test_pictures_of_other_kinds(self, image_format):
        assert why("foto.jpg", picture(image_format)) == "kind"

    @pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
    def test_what_hides_behind_a_picture_is_gone(self, image_format):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as written:
            written.writestr("x.html", "<script>alert(1)</script>")
        file = clean_file("x", picture(image_format) + b"<script>alert(1)</script>" + archive.getvalue())
        assert b"<script" not in file.content
        assert not zipfile.is_zipfile(io.BytesIO(file.content))

    def test_a_script_in_a_comment_is_gone(self):
        assert b"<script" not in clean_file("x.jpg", picture(comment=b"<script>alert(1)</script>")).content

    @pytest.mark.parametrize("size", [(60_000, 60_000), (25_001, 1000), (2**31 - 1, 2**31 - 1)])
    def test_a_small_file_that_claims_to_be_huge(self, size):
        assert why("x.png", png_claiming(*size)) in {"pixels", "broken"}

    def test_a_text_that_unpacks_to_gigabytes(self):
        bomb = png_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 80_000_000))
        source = picture("PNG")
        assert why("x.png", source[:33] + bomb + source[33:]) == "broken"

    @pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
    def test_a_picture_that_ends_in_the_middle(self, image_format):
        source = picture(image_format, size=(200, 200))
        assert why("x", source[: len(source) // 2]) in {"broken", "kind"}

    def test_any_broken_picture_is_refused_in_words(self):
        source = bytearray(picture("PNG", size=(60, 60)))
        for at in range(8, len(source), 3):
            broken = bytes(source[:at] + bytes([source[at] ^ 0xFF]) + source[at + 1 :])
            try:
                clean_file("x.png", broken)
            except InvalidEvidence:
                continue

    def test_sizes(self):
        assert why("x.jpg", b"") == "empty"
        assert why("x.jpg", picture() + b"\0" * MAX_BYTES) == "size"

    def test_a_picture_that_grows_when_it_is_made_anew(self):
        noise = Image.frombytes("P", (2300, 2000), os.urandom(4_600_000))
        noise.putpalette(os.urandom(768))
        out = io.BytesIO()
        noise.save(out, "PNG")
        assert len(out.getvalue()) < MAX_BYTES
        assert why("x.png", out.getvalue()) == "size"


class TestNames:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("bukti transfer (1).jpeg", "bukti transfer (1).jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\Users\\Budi\\foto.png", "foto.jpg"),
            ("x.php.jpg", "x.php.jpg"),
            ("a\r\nSet-Cookie: x.jpg", "a__Set-Cookie_ x.jpg"),
            ('"><script>.png', "script.jpg"),
            ("фото.jpg", "file.jpg"),
            ("", "file.jpg"),
            ("...", "file.jpg"),
            ("x" * 300 + ".jpg", "x" * 80 + ".jpg"),
        ],
    )
    def test_a_name_is_only_a_name(self, given, kept):
        assert clean_file(given, picture()).filename == kept
