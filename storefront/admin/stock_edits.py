"""Stock and prices typed over in the panel: changed, noted, and told what became of each."""

from flask import flash
from sqlalchemy import select

from storefront import payments
from storefront.catalog import quick
from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.formats import rupiah
from storefront.texts import _, ngettext

from . import audit


def apply(edits: list[quick.Edit], key: str) -> None:
    """Make the changes in one transaction, those left out that others were quicker with. Flashes what happened."""
    payments.begin_write()
    names = _names(edits)
    told = [_make(edit, key, names[edit.variant_id]) for edit in edits if edit.variant_id in names]
    db.session.commit()
    for text in filter(None, told):
        flash(text, "warning")
    done = told.count(None)
    if done:
        flash(ngettext("%(num)d perubahan disimpan.", "%(num)d perubahan disimpan.", done), "success")
    elif not edits:
        flash(_("Tidak ada yang diubah."), "info")


def move(variant: Variant, *, seen: int, typed: int, key: str) -> str | None:
    """Change one variant's stock; return what to tell when that could not be done. The caller commits."""
    if seen == typed:
        return None
    return _make(quick.Edit("stock", variant.id, seen, typed), key, variant.name)


def _make(edit: quick.Edit, key: str, subject: str) -> str | None:
    moved = quick.apply(db.session(), edit, key)
    price, stock = _now(edit.variant_id)
    if moved == "done":
        _note(edit, subject, stock)
        return None
    if edit.field == "price":
        return None if moved == "again" else _other_price(subject, price)
    return _sent_before(subject, stock) if moved == "again" else _too_little(edit, subject, stock)


def _note(edit: quick.Edit, subject: str, stock: int) -> None:
    if edit.field == "price":
        audit.note(db.session(), "price.changed", subject, before={"price": edit.seen}, after={"price": edit.typed})
        return
    was = stock - (edit.typed - edit.seen)
    audit.note(db.session(), "stock.changed", subject, before={"stock": was}, after={"stock": stock})


def _other_price(subject: str, price: int) -> str:
    return _(
        "Harga %(name)s sudah diubah orang lain menjadi %(price)s; harga Anda tidak dipakai.",
        name=subject,
        price=rupiah(price),
    )


def _sent_before(subject: str, stock: int) -> str:
    return _(
        "Perubahan stok %(name)s dari formulir ini sudah tersimpan; stoknya kini %(stock)d.", name=subject, stock=stock
    )


def _too_little(edit: quick.Edit, subject: str, stock: int) -> str:
    return _(
        "Stok %(name)s kini %(stock)d karena ada yang terjual; dikurangi %(less)d hasilnya di bawah 0. Isi lagi.",
        name=subject,
        stock=stock,
        less=edit.seen - edit.typed,
    )


def _now(variant_id: int) -> tuple[int, int]:
    price, stock = db.session.execute(select(Variant.price, Variant.stock).where(Variant.id == variant_id)).one()
    return price, stock


def _names(edits: list[quick.Edit]) -> dict[int, str]:
    query = select(Variant.id, Product.name, Variant.label).join(Variant.product)
    rows = db.session.execute(query.where(Variant.id.in_({edit.variant_id for edit in edits})))
    return {key: f"{name} ({label})" if label else name for key, name, label in rows}
