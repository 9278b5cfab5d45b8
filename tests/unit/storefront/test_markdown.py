"""What people write in Markdown becomes HTML that can do no harm."""

import pytest

from storefront.markdown import to_html, to_text


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("# Judul", "<h2>Judul</h2>\n"),
        ("###### Kecil", "<h2>Kecil</h2>\n"),
        ("## A\n#### B\n### C\n## D", "<h2>A</h2>\n<h3>B</h3>\n<h3>C</h3>\n<h2>D</h2>\n"),
        ("a\nb", "<p>a<br />\nb</p>\n"),
        ("**tebal**", "<p><strong>tebal</strong></p>\n"),
        ("[kami](/halaman/x)", '<p><a href="/halaman/x" rel="nofollow noopener">kami</a></p>\n'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ('[x](/y "a\\"b")', '<p><a href="/y" title="a&quot;b" rel="nofollow noopener">x</a></p>\n'),
    ],
)
def test_what_is_made(written, made):
    assert to_html(written) == made


@pytest.mark.parametrize(
    "written",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.test/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "<style>body{display:none}</style>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<https://a.test/\"onclick='alert(1)'>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(written):
    made = to_html(written)

    for harmful in (
        '="javascript',
        "<script",
        "<img",
        "<style",
        'href="vbscript',
        'href="data',
        " onclick=",
        "<iframe",
    ):
        assert harmful not in made.lower()


def test_a_table_is_a_table():
    assert "<th>Data</th>" in to_html("| Data | Untuk |\n|---|---|\n| Nama | kirim |")


def test_the_words_alone_in_one_line():
    text = "# Judul\n\nHalo **dunia**, [ini](https://x.test)\nbaris `kode`.\n\n- satu\n- dua"

    assert to_text(text) == "Judul Halo dunia, ini baris kode. satu dua"
    assert to_text(text, 20) == "Judul Halo dunia,…"
