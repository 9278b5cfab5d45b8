"""Files that shoppers send: read from the form, checked one by one, refused with a reason; and handed out again."""

from contextlib import closing

from flask import Response, request
from werkzeug.datastructures import FileStorage

from ..errors import InvalidEvidence
from ..evidence import MAX_BYTES, CleanFile, clean_file
from ..models import Evidence, Proof
from .answers import private
from .errors import in_words
from .words import Translate

MAX_FILES = 3
MAX_MEGABYTES = MAX_BYTES // 1024 // 1024
# Room to tell people which of their files is too large, instead of a bare refusal of everything.
_MAX_REQUEST = 32 * 1024 * 1024
_ENDPOINTS = frozenset({"moota.refund", "moota.refund_request", "moota.pay_proof", "moota_panel.refund_papers"})
_SHOWN_NAME = 60


def allow_files(*_: object) -> None:
    """Let a form with files in, whatever the host's limit for its own forms is.

    Called before anything reads the form: a CSRF check of the host reads it before the view does.
    """
    if request.method == "POST" and request.endpoint in _ENDPOINTS:
        request.max_content_length = _MAX_REQUEST


def read_files(t: Translate) -> tuple[list[CleanFile], list[str]]:
    """Return the cleaned files of the form, and a sentence for each that is refused. Opens no transaction."""
    given = [file for file in request.files.getlist("files") if file.filename]
    if len(given) > MAX_FILES:
        return [], [t("Paling banyak %(count)d berkas sekali kirim.", count=MAX_FILES)]
    cleaned: list[CleanFile] = []
    problems: list[str] = []
    for file in given:
        try:
            cleaned.append(clean_file(file.filename or "", _content(file)))
        except InvalidEvidence as error:
            problems.append(f"{(file.filename or '')[:_SHOWN_NAME]}: {in_words(error, t)}")
    return cleaned, problems


def hand_out(kept: Evidence | Proof) -> Response:
    """Answer with a kept file: a picture to look at, anything else to keep."""
    response = Response(kept.content, mimetype=kept.media_type)
    # Pictures were encoded anew by us. A PDF is as somebody made it, so no browser opens it under the shop's name.
    kind = "inline" if kept.media_type.startswith("image/") else "attachment"
    response.headers.set("Content-Disposition", kind, filename=kept.filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return private(response)


def _content(file: FileStorage) -> bytes:
    # One byte more than may be kept is enough to see that it is too much. A large one lies on the disk until closed.
    with closing(file):
        return file.stream.read(MAX_BYTES + 1)
