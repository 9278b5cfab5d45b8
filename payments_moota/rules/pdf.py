"""Whether a PDF can be kept: it must be whole, and have no part that acts by itself.

This is no reader of PDFs. It looks for the names by which a document starts something (a script, a program, a form
that is sent, a file inside the file) wherever a reader could find them: in the plain parts, written with escapes
(`/J#61vaScript`), and inside compressed streams. What cannot be looked into is refused. The work is bounded however
the file is made.
"""

import re
import zlib

from ..errors import InvalidEvidence

_HEADER = re.compile(rb"%PDF-[12]\.\d")
_TRAILER = b"%%EOF"
_TRAILER_WITHIN = 1024
_STREAM = re.compile(rb"stream\r?\n")
_MOST_STREAMS = 5000
_MOST_UNPACKED = 60 * 1024 * 1024
_CHUNK = 64 * 1024
_LONGEST_DICTIONARY = 16 * 1024
_PLAIN_FILTER = re.compile(rb"/Filter\s*\[?\s*/FlateDecode\s*\]?\s*(/|>>)")
_RAW_DEFLATE = -15


def _any_of(*names: str) -> re.Pattern[bytes]:
    """Match these names of a PDF, each letter as itself or escaped by its number."""
    spelt = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return re.compile(f"/({'|'.join(spelt)})(?![A-Za-z0-9#])".encode())


# Long names only: three letters would turn up by chance in the bytes of a picture.
_ACTIVE = _any_of(
    *("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "Rendition"),
    *("SubmitForm", "ImportData", "GoToE", "XFA"),
)
_ENCRYPTED = _any_of("Encrypt")
_PACKED_OBJECTS = _any_of("ObjStm")
_FILTERED = _any_of("Filter")
_PARAMETERS = _any_of("DecodeParms")


def check_pdf(content: bytes) -> None:
    """Raise InvalidEvidence saying why this PDF is refused; nothing when it can be kept."""
    if not _HEADER.match(content) or _TRAILER not in content[-_TRAILER_WITHIN:]:
        raise InvalidEvidence("The PDF is not complete.", why="broken")
    _require_passive(content)
    view = memoryview(content)
    unpacked = 0
    for count, found in enumerate(_STREAM.finditer(content), start=1):
        if count > _MOST_STREAMS:
            raise InvalidEvidence("The PDF has more parts than can be checked.", why="size")
        _require_readable(_dictionary_before(content, found.start()))
        if _is_deflated(view[found.end() : found.end() + 2]):
            inner = _unpack(view[found.end() + 2 :], _MOST_UNPACKED - unpacked)
            unpacked += len(inner)
            _require_passive(inner)


def _require_passive(part: bytes) -> None:
    if _ENCRYPTED.search(part):
        raise InvalidEvidence(
            "The PDF is encrypted and cannot be checked; save it without a password.", why="encrypted"
        )
    active = _ACTIVE.search(part)
    if active:
        name = active[1].decode("ascii", "replace")
        raise InvalidEvidence(
            f"The PDF has a part that acts by itself ({name}); print it to a new PDF first.", why="active"
        )


def _dictionary_before(content: bytes, start: int) -> bytes:
    first = max(0, start - _LONGEST_DICTIONARY)
    return content[max(first, content.rfind(b"obj", first, start)) : start]


def _require_readable(dictionary: bytes) -> None:
    """Objects may be packed into a stream; packed in an unusual way they could not be looked through."""
    if not _PACKED_OBJECTS.search(dictionary):
        return
    unusual = _FILTERED.search(dictionary) and not _PLAIN_FILTER.search(dictionary)
    if unusual or _PARAMETERS.search(dictionary):
        raise InvalidEvidence("The PDF is packed in a way that cannot be checked; print it to a new PDF.", why="active")


def _is_deflated(header: memoryview) -> bool:
    """Recognise the two bytes that begin zlib's data (RFC 1950)."""
    return len(header) == 2 and header[0] & 0x0F == 8 and (header[0] << 8 | header[1]) % 31 == 0  # noqa: PLR2004 - the RFC's numbers


def _unpack(data: memoryview, limit: int) -> bytes:
    """Inflate a stream as a lenient reader does, its checksum aside. What does not inflate cannot be checked."""
    stream = zlib.decompressobj(_RAW_DEFLATE)
    inner = bytearray()
    try:
        for at in range(0, len(data), _CHUNK):
            inner += stream.decompress(data[at : at + _CHUNK], limit + 1 - len(inner))
            if len(inner) > limit:
                raise InvalidEvidence("The PDF unpacks to more than can be checked.", why="size")
            if stream.eof:
                break
    except zlib.error as error:
        raise InvalidEvidence("The PDF is broken and cannot be checked.", why="broken") from error
    return bytes(inner)
