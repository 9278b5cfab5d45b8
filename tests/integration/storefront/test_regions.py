"""The table of regions: brought in from a file, and suggesting while an address is typed."""

import pytest
from sqlalchemy import event, select

from storefront.extensions import db
from storefront.regions.models import Region

FILE = """kode,nama,kode_pos
33,JAWA TENGAH,
33.73,KOTA SALATIGA,
33.73.02,TINGKIR,
33.73.02.1003,KUTOWINANGUN KIDUL,50742
33.73.03,ARGOMULYO,
33.22,KAB. SEMARANG,
33.74,KOTA SEMARANG,
35,JAWA TIMUR,
35.15,KAB. SIDOARJO,
35.15.18,TINGKIR,
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wilayah.csv"
    path.write_text(FILE)
    return path


def bring(shop, file, *options):
    return shop.run("regions", "import", str(file), *options)


def names(shop):
    with shop.app.app_context():
        return {region.code: region.name for region in db.session.scalars(select(Region))}


def suggested(visitor, field, **typed):
    answer = visitor.get("/wilayah.json", query_string={"field": field, **typed})
    assert answer.status_code == 200
    return answer.json["places"]


def test_a_file_is_tried_brought_in_and_brought_in_again(shop, file):
    tried = bring(shop, file, "--dry-run")
    assert "added: 10" in tried.stdout
    assert names(shop) == {}

    assert "added: 10, changed: 0, removed: 0, same: 0" in bring(shop, file).stdout
    assert "added: 0, changed: 0, removed: 0, same: 10" in bring(shop, file).stdout

    file.write_text("33.73,KOTA SALATIGA HATI BERIMAN\n")
    assert "added: 0, changed: 1, removed: 0, same: 0" in bring(shop, file).stdout
    file.write_text("33,JAWA TENGAH\n")
    assert "removed: 9, same: 1" in bring(shop, file, "--replace").stdout
    assert names(shop) == {"33": "Jawa Tengah"}


def test_a_wrong_line_changes_nothing_and_is_named(shop, file):
    file.write_text(f"{FILE}3317,KAB. REMBANG\n")
    refused = bring(shop, file)
    assert refused.exit_code == 1
    assert "line 12: '3317' is no code" in refused.stderr
    assert names(shop) == {}


def test_places_are_suggested_by_how_they_begin_with_what_they_lie_in(shop, file, visitor):
    bring(shop, file)
    assert [place["text"] for place in suggested(visitor, "district", district="ting")] == [
        "Tingkir, Kota Salatiga, Jawa Tengah",
        "Tingkir, Kabupaten Sidoarjo, Jawa Timur",
    ]
    within = suggested(visitor, "district", district="Kec. ting", province="Jawa Tengah", city="salatiga")
    assert within == [{"text": "Tingkir", "fields": {"district": "Tingkir"}}]
    assert suggested(
        visitor, "village", village="kidul", province="Jawa Tengah", city="Salatiga", district="Tingkir"
    ) == [{"text": "Kutowinangun Kidul", "fields": {"village": "Kutowinangun Kidul", "postal_code": "50742"}}]
    both = suggested(visitor, "city", city="semar", province="Jawa Tengah")
    assert [place["text"] for place in both] == ["Kabupaten Semarang", "Kota Semarang"]
    # Which Semarang is meant cannot be told, so that it narrows nothing.
    assert len(suggested(visitor, "district", district="tingkir", city="Semarang")) == 2
    assert suggested(visitor, "village", village="k") == []
    assert visitor.get("/wilayah.json?field=email").status_code == 400


def test_a_form_offers_what_lies_in_what_is_filled_in_and_takes_anything(shop, file, visitor):
    visitor.put_into_cart()
    assert "<datalist" not in visitor.get("/checkout").text
    bring(shop, file)
    typed = visitor.checkout_form(recount="1")
    page = visitor.client.post("/checkout", data=typed).text
    assert '<datalist id="wilayah-city"><option value="Kota Salatiga"><option value="Kabupaten Semarang">' in page
    assert '<datalist id="wilayah-district"><option value="Argomulyo"><option value="Tingkir"></datalist>' in page
    assert "Sidoarjo" not in page
    assert visitor.check_out(city="Kota yang Tidak Ada").status_code == 302
    assert 'list="wilayah-city"' in shop.customer().get("/akun/alamat/baru").text


def test_a_large_table_is_asked_through_its_indexes(shop, file, visitor):
    bring(shop, file)
    asked = []
    with shop.app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda _c, _u, statement, values, *_: asked.append((statement, values))
        )
        suggested(visitor, "district", district="ting", province="Jawa Tengah")
        if db.engine.dialect.name == "sqlite":
            plans = [
                row[-1]
                for statement, values in list(asked)
                if "FROM region" in statement
                for row in db.engine.raw_connection().execute(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
            assert plans
            assert all("SEARCH region USING" in plan or "TEMP B-TREE" in plan for plan in plans), plans
    assert len(asked) <= 4
