"""Evidence: chats, transfer proofs and bank letters that either side adds to a refund.

Nothing is kept as it came. A picture is decoded and encoded anew, which leaves its pixels and nothing else: no place
where it was taken, no second file hidden behind it. A PDF cannot be remade so simply; it is kept only when it has no
part that acts by itself. `clean_file` does this without a database, before a transaction is opened; serve the content
as an attachment all the same, with `X-Content-Type-Options: nosniff`.
"""

import io
import re
import unicodedata
import warnings
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import func, select

from . import refund_steps as steps
from .errors import InvalidEvidence, UnknownRefund
from .models import Evidence, Refund
from .models.refunds import EvidenceKind, EvidenceSide
from .rules.pdf import check_pdf
from .work import Work

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
# Enough to read a photographed receipt.
MAX_SIDE = 2400
MAX_FILES_PER_SIDE = 10

_FORMATS = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}
_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 85},
}
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file that has been checked and, if it is a picture, made anew."""

    filename: str
    media_type: str
    content: bytes = field(repr=False)


def clean_file(filename: str, content: bytes) -> CleanFile:
    """Check an upload and take out what does not belong there. Raises InvalidEvidence saying why it is refused.

    What the file is, is decided by its content; neither its name nor the browser's word counts.
    """
    if not content:
        raise InvalidEvidence("The file is empty.", why="empty")
    if len(content) > MAX_BYTES:
        raise InvalidEvidence(f"The file is larger than {MAX_BYTES // 1024 // 1024} MiB.", why="size")
    if content.startswith(b"%PDF-"):
        check_pdf(content)
        return CleanFile(_safe_name(filename, ".pdf"), "application/pdf", content)
    image_format, remade = _remake(content)
    media_type, suffix = _FORMATS[image_format]
    return CleanFile(_safe_name(filename, suffix), media_type, remade)


def attach(
    work: Work, ticket: str, file: CleanFile, *, side: EvidenceSide, kind: EvidenceKind = "evidence"
) -> Evidence:
    """Add a cleaned file to a refund. Only the shop has a `proof` of the transfer, which is needed to complete it.

    Raises UnknownRefund, or InvalidEvidence when this side has added too many.
    """
    refund = steps.lock_refund(work, ticket)
    if kind == "proof" and side != "owner":
        raise InvalidEvidence("The proof of a transfer comes from the shop.", why="kind")
    query = select(func.count(Evidence.id)).where(Evidence.refund_id == refund.id, Evidence.side == side)
    if work.session.execute(query).scalar_one() >= MAX_FILES_PER_SIDE:
        raise InvalidEvidence(f"There are {MAX_FILES_PER_SIDE} files already; more are not kept.", why="count")
    evidence = Evidence(
        refund_id=refund.id,
        side=side,
        kind=kind,
        filename=file.filename,
        media_type=file.media_type,
        content=file.content,
        actor=work.actor,
        created_at=work.now(),
    )
    work.session.add(evidence)
    work.session.flush()
    steps.announce(
        work, refund, "refund.evidence_added", evidence=evidence.public_id, kind=kind, filename=file.filename
    )
    return evidence


def get_evidence(work: Work, refund: Refund, public_id: str) -> Evidence:
    """Return one file of this refund, so that a link to one refund opens no other's. Raises UnknownRefund."""
    query = select(Evidence).where(Evidence.refund_id == refund.id, Evidence.public_id == public_id)
    evidence = work.session.scalars(query).one_or_none()
    if evidence is None:
        raise UnknownRefund(f"The refund {refund.ticket} has no file {public_id!r}.")
    return evidence


def _remake(content: bytes) -> tuple[str, bytes]:
    """Decode a picture and encode its pixels; upright, not larger than needed, first frame only."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; the limit here is lower.
            with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as image:
                _require_small(image)
                image_format = str(image.format)
                return image_format, _encode(image, image_format)
    except InvalidEvidence:
        raise
    except UnidentifiedImageError as error:
        raise InvalidEvidence("Only JPEG, PNG, WebP and PDF files are kept.", why="kind") from error
    except Exception as error:
        # Decoders raise whatever they stumble over in a file made to hurt them.
        raise InvalidEvidence("The picture is broken and cannot be read.", why="broken") from error


def _require_small(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise InvalidEvidence(
            f"The picture has {width} × {height} pixels; at most {MAX_PIXELS // 1_000_000} million are read.",
            why="pixels",
        )


def _encode(image: Image.Image, image_format: str) -> bytes:
    image.load()
    upright = ImageOps.exif_transpose(image)
    mode = "RGB" if image_format == "JPEG" or not upright.has_transparency_data else "RGBA"
    # Drawn onto an empty picture: what is not a pixel stays behind.
    fresh = Image.new(mode, upright.size)
    fresh.paste(upright.convert(mode))
    fresh.thumbnail((MAX_SIDE, MAX_SIDE))
    out = io.BytesIO()
    fresh.save(out, image_format, **_SAVE_OPTIONS[image_format])
    if out.tell() > MAX_BYTES:
        raise InvalidEvidence("The picture is too large; save it as JPEG first.", why="size")
    return out.getvalue()


def _safe_name(filename: str, suffix: str) -> str:
    """Return a name without folders and signs that mean something elsewhere, ending in what the file is."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    plain = unicodedata.normalize("NFKC", PurePosixPath(last).stem)
    stem = re.sub(r"[^\w .()-]", "_", plain, flags=re.ASCII).strip(" ._-")[:_LONGEST_NAME]
    return (stem or "file") + suffix
