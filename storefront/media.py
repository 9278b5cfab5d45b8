"""Pictures of goods and of the shop: made anew from what was uploaded, kept in several widths, handed out to anybody.

Nothing is kept as it came: a picture is decoded and its pixels are encoded as WebP, which leaves out where it was taken
and whatever else a file can hide. The files lie below the instance folder, named by chance, and never change.
"""

import io
import re
import secrets
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, send_from_directory
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from .texts import _

bp = Blueprint("media", __name__)

WIDTHS = (320, 640, 1280)
ACCEPTED = "image/jpeg,image/png,image/webp"
MAX_BYTES = 12 * 1024 * 1024
# A telephone takes 50 million.
MAX_PIXELS = 51_000_000
MAX_HEIGHT = 1920
# Room to say which of several pictures is too large, instead of refusing the whole form.
MAX_REQUEST = 64 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 80
_FOR_GOOD = timedelta(days=365)
_NAME = re.compile(r"[0-9a-f]{24}")
# How the pictures of phones begin that browsers cannot show: ISO media files of these brands.
_HEIC = re.compile(rb"....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis)", re.DOTALL)


class PictureRefusedError(ValueError):
    """A file is no picture that can be kept; the message says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew: the size of its largest version, and each version's content by width in pixels."""

    width: int
    height: int
    versions: dict[int, bytes]


def read_picture(file: FileStorage) -> Picture:
    """Return what was uploaded, made anew. Raises PictureRefusedError. Takes time: open no transaction before."""
    return remake(file.stream.read(MAX_BYTES + 1))


def remake(content: bytes) -> Picture:
    """Return a picture made anew, upright and in all widths that it is large enough for. Raises PictureRefusedError."""
    if not content:
        raise PictureRefusedError(_("Berkasnya kosong."))
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        raise PictureRefusedError(_("Gambarnya lebih besar dari %(limit)d MB. Perkecil dulu.", limit=limit))
    if _HEIC.match(content):
        raise PictureRefusedError(
            _(
                "Gambar HEIC atau AVIF belum bisa dibaca. Simpan dulu sebagai JPEG; di iPhone: "
                "Pengaturan, Kamera, Format, Paling Kompatibel."
            )
        )
    image = _decoded(content)
    widths = [*(width for width in WIDTHS if width < image.width), image.width]
    return Picture(image.width, image.height, {width: _encoded(image, width) for width in widths})


def keep(picture: Picture, alt: str = "") -> dict[str, Any]:
    """Write a picture's files; return what a product or a setting remembers of it."""
    name = secrets.token_hex(12)
    folder = _folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    for width, content in picture.versions.items():
        (folder / f"{name}-{width}.webp").write_bytes(content)
    return {"id": name, "width": picture.width, "height": picture.height, "alt": alt}


def remove(kept: dict[str, Any]) -> None:
    """Delete a picture's files; those that are gone already are no matter."""
    name = str(kept.get("id", ""))
    if _NAME.fullmatch(name):
        for path in _folder(name).glob(f"{name}-*.webp"):
            path.unlink(missing_ok=True)


def files() -> Iterator[tuple[str, float]]:
    """Yield the names of the pictures that are kept, for each file with when it was written (seconds since 1970)."""
    for path in (Path(current_app.instance_path) / "media").glob("*/*.webp"):
        name = path.name.partition("-")[0]
        if _NAME.fullmatch(name):
            yield name, path.stat().st_mtime


def widths_of(kept: dict[str, Any]) -> list[int]:
    """Return the widths in which a picture was kept, the smallest first."""
    return [width for width in WIDTHS if width < kept["width"]] + [kept["width"]]


def fitting_width(kept: dict[str, Any], wanted: int) -> int:
    """Return the smallest kept width that is at least `wanted` pixels; the largest where none is."""
    widths = widths_of(kept)
    return next((width for width in widths if width >= wanted), widths[-1])


def as_png(kept: dict[str, Any], wanted: int) -> bytes | None:
    """Return a kept picture as PNG, which every mail reader can show; None when its file is gone."""
    name = str(kept["id"])
    try:
        with Image.open(_folder(name) / f"{name}-{fitting_width(kept, wanted)}.webp", formats=("WEBP",)) as image:
            out = io.BytesIO()
            image.save(out, "PNG", optimize=True)
    except OSError:
        return None
    return out.getvalue()


@bp.get("/media/<name>-<int:width>.webp")
def show(name: str, width: int) -> Response:
    """Hand out one version of a picture; browsers may keep it for good."""
    if not _NAME.fullmatch(name):
        abort(404)
    return send_from_directory(
        _folder(name), f"{name}-{width}.webp", mimetype="image/webp", max_age=int(_FOR_GOOD.total_seconds()), etag=False
    )


@bp.after_request
def _never_changes(response: Response) -> Response:
    if response.status_code == 200:  # noqa: PLR2004 - a picture
        response.cache_control.immutable = True
        response.cache_control.public = True
    return response


def _decoded(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; ours is a limit.
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                _require_small(image)
                # Of a JPEG no more is decoded than is needed.
                image.draft("RGB", (WIDTHS[-1] * 2, WIDTHS[-1] * 2))
                image.load()
                ImageOps.exif_transpose(image, in_place=True)
                shown = _as_screens_show(image)
                shown.thumbnail((WIDTHS[-1], MAX_HEIGHT), Image.Resampling.LANCZOS)
                # Drawn onto an empty picture: what is not a pixel stays behind.
                fresh = Image.new(shown.mode, shown.size)
                fresh.paste(shown)
                return fresh
    except PictureRefusedError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise PictureRefusedError(_("Berkas ini bukan gambar JPEG, PNG, atau WebP.")) from error
    except Exception as error:
        # Decoders raise whatever they stumble over in a file made to hurt them.
        raise PictureRefusedError(_("Gambarnya rusak dan tidak dapat dibaca.")) from error


def _require_small(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> PictureRefusedError:
    limit = MAX_PIXELS // 1_000_000
    return PictureRefusedError(_("Gambarnya lebih dari %(limit)d juta piksel. Perkecil dulu.", limit=limit))


def _as_screens_show(image: Image.Image) -> Image.Image:
    """Return the pixels in the colours of screens, with transparency where there is any."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        # A profile that makes no sense is no reason to refuse a picture.
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    return image.convert(mode)


def _encoded(image: Image.Image, width: int) -> bytes:
    scaled = image if width == image.width else image.resize((width, _height(image, width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    scaled.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()


def _height(image: Image.Image, width: int) -> int:
    return max(round(image.height * width / image.width), 1)


def _folder(name: str) -> Path:
    return Path(current_app.instance_path) / "media" / name[:2]
