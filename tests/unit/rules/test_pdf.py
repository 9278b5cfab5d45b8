"""PDFs that are kept, and PDFs that would do something."""

import contextlib
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.errors import InvalidEvidence
from payments_moota.evidence import clean_file
from payments_moota.rules.pdf import check_pdf

SCRIPT = b"<</S /JavaScript /JS (app.alert(1))>>"


def pdf(*parts):
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\n".join(parts) + b"\ntrailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def stream(dictionary, data):
    return b"7 0 obj\n<<%s /Length %d>>\nstream\n%s\nendstream\nendobj" % (dictionary, len(data), data)


def packed(data, dictionary=b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"):
    return stream(dictionary, zlib.compress(data))


def why(content):
    with pytest.raises(InvalidEvidence) as refused:
        check_pdf(content)
    return refused.value.why


ORDINARY = pdf(
    b"1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj",
    packed(b"3 0 <</Type /Page>>"),
    stream(b"/Filter /FlateDecode", zlib.compress(b"BT /F1 12 Tf (Bukti transfer) Tj ET")),
    stream(b"/Subtype /Image /Filter /DCTDecode", b"\xff\xd8\xff\xe0 picture \xff\xd9"),
    stream(b"/Filter [/ASCII85Decode /FlateDecode]", b"GapQh0E=F,0U\\H3T\\pNYT^QKk?tc>IP~>"),
    stream(b"", b"(printed with JavaScript and a Launch)"),
)


def test_an_ordinary_one_is_kept_as_it_is():
    file = clean_file("mutasi.PDF", ORDINARY)
    assert (file.media_type, file.filename, file.content) == ("application/pdf", "mutasi.pdf", ORDINARY)


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b"4 0 obj " + SCRIPT + b" endobj", id="script"),
        pytest.param(b"4 0 obj <</S/JavaScript/JS 5 0 R>> endobj", id="script without spaces"),
        pytest.param(b"<</S /J#61vaScr#69pt /JS (x)>>", id="letters escaped"),
        pytest.param(b"<</S /#4a#61#76#61#53#63#72#69#70#74>>", id="all letters escaped"),
        pytest.param(b"<</OpenAction <</S /Launch /F (cmd.exe)>>>>", id="program"),
        pytest.param(b"<</Names <</EmbeddedFiles 9 0 R>>>>", id="files inside"),
        pytest.param(b"<</Type /EmbeddedFile>>", id="file inside"),
        pytest.param(b"<</S /SubmitForm /F (http://x)>>", id="sends a form"),
        pytest.param(b"<</S /ImportData>>", id="imports"),
        pytest.param(b"<</S /GoToE>>", id="goes into a file inside"),
        pytest.param(b"<</Subtype /RichMedia>>", id="rich media"),
        pytest.param(b"<</S /Rendition /JS (x)>>", id="rendition"),
        pytest.param(b"<</AcroForm <</XFA 8 0 R>>>>", id="xfa"),
        pytest.param(packed(b"4 0 " + SCRIPT), id="packed"),
        pytest.param(packed(b"4 0 <</S /J#61vaScript>>"), id="packed and escaped"),
        pytest.param(packed(SCRIPT, b"/Filter /FlateDecode"), id="packed and not said so"),
        pytest.param(packed(SCRIPT, b"/Subtype /Image /Filter /FlateDecode"), id="packed as a picture"),
        pytest.param(packed(b"x" * 200_000 + SCRIPT), id="packed far behind"),
        pytest.param(stream(b"/Filter /FlateDecode", zlib.compress(SCRIPT)[:-4] + b"oops"), id="wrong checksum"),
        pytest.param(stream(b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]", b"789c"), id="two filters"),
        pytest.param(stream(b"/Type /ObjStm /Filter 9 0 R", b"x"), id="filter elsewhere"),
        pytest.param(stream(b"/Type /Obj#53tm /F#69lter /LZWDecode", b"x"), id="filter escaped"),
        pytest.param(
            packed(b"x", b"/Type /ObjStm /Filter /FlateDecode /DecodeParms <</Predictor 12>>"), id="predicted"
        ),
    ],
)
def test_what_acts_by_itself_is_refused(part):
    assert why(pdf(part)) == "active"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"%PDF-1.7\n1 0 obj", "broken", id="no end"),
        pytest.param(b"\n" + ORDINARY, "broken", id="does not begin with its header"),
        pytest.param(b"%PDF-evil" + ORDINARY, "broken", id="no version"),
        pytest.param(ORDINARY + b"\0" * 2000, "broken", id="something behind it"),
        pytest.param(pdf(b"<</Encrypt 5 0 R>>"), "encrypted", id="encrypted"),
        pytest.param(pdf(stream(b"/Filter /FlateDecode", b"\x78\x9c" + b"\xff" * 50)), "broken", id="does not inflate"),
        pytest.param(pdf(packed(b"\0" * 70_000_000)), "size", id="bomb"),
        pytest.param(pdf(*[packed(b"\0" * 7_000_000)] * 9), "size", id="several bombs"),
        pytest.param(pdf(b"stream\n" * 6000), "size", id="too many parts"),
    ],
)
def test_what_cannot_be_checked_is_refused(content, reason):
    assert why(content) == reason


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdf(b"stream\n\x78\x9c" * 500_000), id="many streams"),
        pytest.param(pdf(b"#41" * 1_600_000), id="many escapes"),
        pytest.param(pdf(b"/J#61" * 1_000_000), id="many beginnings of a name"),
        pytest.param(pdf(*[packed(b"/Java#53crip" * 900_000)] * 5), id="much to unpack"),
    ],
)
def test_the_work_is_bounded(content):
    begin = time.process_time()
    with contextlib.suppress(InvalidEvidence):
        check_pdf(content)
    assert time.process_time() - begin < 10


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_content_is_kept_or_refused_in_words(first, second):
    with contextlib.suppress(InvalidEvidence):
        check_pdf(pdf(first, b"stream\n" + second, stream(b"/Filter /FlateDecode", first)))
