"""The shop's own pages in the panel: written, seen before they are kept, put in order, published, deleted."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from storefront import payments
from storefront.brand import pages, service
from storefront.brand.forms import PageForm
from storefront.brand.models import Page
from storefront.brand.rules import slug_of
from storefront.extensions import db
from storefront.languages import current_locale
from storefront.markdown import to_html
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_pages", __name__, url_prefix="/admin/pages")
access.guard(bp)

Answer = str | Response | tuple[str, int]

_WAYS = {"up": -1, "down": 1}


@bp.get("")
@access.requires("owner")
def index() -> str:
    """List the pages, and the samples that have not been used."""
    existing = pages.every_page(db.session())
    taken = {page.slug for page in existing}
    samples = [(slug, pages.sample_title(slug, current_locale())) for slug in pages.SAMPLES if slug not in taken]
    return render_template("admin/pages.html", pages=existing, samples=samples)


@bp.post("/sample/<slug>")
@access.requires("owner")
def sample(slug: str) -> Response:
    """Begin a page from a sample; it waits to be read and published."""
    payments.begin_write()
    try:
        page = pages.add_sample(db.session(), slug)
    except KeyError:
        abort(404)
    except pages.SlugTakenError:
        db.session.rollback()
        flash(_("Halaman ini sudah ada."), "warning")
        return redirect(url_for("admin_pages.index"))
    audit.note(db.session(), "page.created", page.slug, after=_facts(page))
    db.session.commit()
    flash(_("Halaman dibuat dari contoh. Baca dan sesuaikan, lalu terbitkan."), "success")
    return redirect(url_for("admin_pages.edit", slug=slug))


@bp.route("/new", methods=["GET", "POST"])
@access.requires("owner")
def new() -> Answer:
    """Write a page; its address comes from its title and stays."""
    form = PageForm()
    if not form.is_submitted() or "again" in request.form:
        return _form(form, None)
    if not form.validate():
        return _form(form, None), 422
    page = Page(slug=slug_of(form.title.data))
    form.write_to(page)
    if "preview" in request.form:
        return _preview(form, page)
    if not page.slug:
        form.title.errors = [_("Judul ini tidak memuat huruf atau angka untuk alamatnya.")]
        return _form(form, None), 422
    payments.begin_write()
    try:
        pages.add_page(db.session(), page)
    except pages.SlugTakenError:
        db.session.rollback()
        form.title.errors = [_("Sudah ada halaman dengan judul ini.")]
        return _form(form, None), 409
    audit.note(db.session(), "page.created", page.slug, after=_facts(page))
    db.session.commit()
    flash(_("Halaman disimpan."), "success")
    return redirect(url_for("admin_pages.index"))


@bp.route("/edit/<slug>", methods=["GET", "POST"])
@access.requires("owner")
def edit(slug: str) -> Answer:
    """Change a page."""
    page = _page(slug)
    if request.method == "GET":
        return _form(PageForm(obj=page, seen=page.updated_at.isoformat()), page)
    form = PageForm()
    if "again" in request.form:
        return _form(form, page)
    if not form.validate():
        return _form(form, page), 422
    if "preview" in request.form:
        draft = Page(slug=slug)
        form.write_to(draft)
        return _preview(form, draft)
    return _save(form, slug)


@bp.post("/move/<slug>")
@access.requires("owner")
def move(slug: str) -> Response:
    """Move a page up or down in the footer."""
    payments.begin_write()
    page = _page(slug)
    pages.move(db.session(), page, _WAYS.get(request.form.get("way", ""), 0))
    audit.note(db.session(), "page.moved", slug, after={"position": page.position})
    db.session.commit()
    return redirect(url_for("admin_pages.index"))


@bp.route("/delete/<slug>", methods=["GET", "POST"])
@access.requires("owner")
def delete(slug: str) -> Answer:
    """Ask whether a page shall go, and let it go."""
    if request.method == "GET":
        return render_template("admin/page_delete.html", page=_page(slug))
    payments.begin_write()
    page = _page(slug)
    audit.note(db.session(), "page.deleted", slug, before={**_facts(page), "body": page.body, "body_en": page.body_en})
    pages.remove(db.session(), page)
    db.session.commit()
    flash(_("Halaman dihapus."), "success")
    return redirect(url_for("admin_pages.index"))


def _save(form: PageForm, slug: str) -> Answer:
    payments.begin_write()
    page = _page(slug)
    if form.seen.data != page.updated_at.isoformat():
        form.seen.data = page.updated_at.isoformat()
        db.session.rollback()
        flash(
            _("Orang lain mengubah halaman ini sementara Anda menulis. Simpan lagi untuk memakai tulisan Anda."),
            "danger",
        )
        return _form(form, _page(slug)), 409
    before = _facts(page)
    form.write_to(page)
    pages.refresh_footer(db.session())
    audit.note(db.session(), "page.changed", slug, before=before, after=_facts(page))
    db.session.commit()
    flash(_("Halaman disimpan."), "success")
    return redirect(url_for("admin_pages.index"))


def _page(slug: str) -> Page:
    found = db.session.scalars(select(Page).where(Page.slug == slug)).one_or_none()
    return found or abort(404)


def _form(form: PageForm, page: Page | None) -> str:
    return render_template("admin/page.html", form=form, page=page)


def _preview(form: PageForm, page: Page) -> str:
    texts = [service.text_in(page, "id")]
    if page.body_en:
        texts.append(service.text_in(page, "en"))
    return render_template("admin/page_preview.html", form=form, texts=texts, to_html=to_html)


def _facts(page: Page) -> dict[str, object]:
    """Return what the log keeps of a page: enough to see what was done, not the whole text."""
    return {
        "title": page.title,
        "title_en": page.title_en,
        "published": page.published,
        "length": len(page.body),
        "length_en": len(page.body_en),
    }
