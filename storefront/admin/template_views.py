"""Letters and WhatsApp messages in the owner's own words: written, seen with sample data, tried, taken back."""

import re
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from storefront import media, payments
from storefront.extensions import db, moota
from storefront.forms import ShopForm, at_most, one_line, paragraph, required
from storefront.identity import current_shop
from storefront.languages import LANGUAGES
from storefront.notifications import own_words
from storefront.notifications.letters import ALSO_CALLED, HOLES, KINDS, Kind, problems
from storefront.notifications.models import Channel
from storefront.notifications.sender import LOGO, LOGO_WIDTH, TEST_EMAIL, compose, own_parts, sample_context
from storefront.placeholders import fill, renamed
from storefront.texts import _, _l

from . import access, audit

bp = Blueprint("admin_letters", __name__, url_prefix="/admin/letters")
access.guard(bp)

Answer = str | Response | tuple[str, int]

# Mail readers need styles inside; our pages refuse them.
_STYLES = re.compile(r' style="[^"]*"')
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)


def _by_our_names(value: Any) -> Any:
    """Filter: holes by the names that letters are kept with."""
    return renamed(value, ALSO_CALLED) if isinstance(value, str) else value


class WordsForm(ShopForm):
    """A subject and a body with holes."""

    subject = StringField(_l("Judul surat"), filters=[one_line, _by_our_names], validators=[at_most(200)])
    body = TextAreaField(_l("Isi"), filters=[paragraph, _by_our_names], validators=[required(), at_most(8000)])

    def check(self, channel: Channel, kind: Kind) -> bool:
        """Check the fields, and that every hole can be filled and none is missing."""
        if not self.validate():
            return False
        if channel == "email" and not self.subject.data:
            self.subject.errors = [_("Bagian ini wajib diisi.")]
        strange, missing = problems(kind, self.subject.data or "", self.body.data)
        told = []
        if strange:
            told.append(
                _(
                    "Tidak dikenal di sini: %(strange)s. Yang dapat dipakai: %(known)s.",
                    strange=_braced(strange),
                    known=_braced(kind.holes),
                )
            )
        if missing:
            told.append(_("Surat ini tidak lengkap tanpa %(missing)s.", missing=_braced(missing)))
        if told:
            self.body.errors = told
        return not self.errors


@bp.get("")
@access.requires("owner")
def index() -> str:
    """List all letters and messages, and whose words they are in."""
    sections = [
        (channel, group, {name: kind for name, kind in kinds.items() if kind.group == group})
        for channel, kinds in KINDS.items()
        for group in dict.fromkeys(kind.group for kind in kinds.values())
    ]
    own = own_words.every(db.session())
    return render_template("admin/letters.html", sections=sections, own=own, languages=LANGUAGES)


@bp.route("/<channel>/<letter>/<locale>", methods=["GET", "POST"])
@access.requires("owner")
def edit(channel: str, letter: str, locale: str) -> Answer:
    """Put a letter into words; look at it, send it to oneself, keep it, or go back to ours."""
    place = _place(channel, letter, locale)
    with force_locale(locale):
        subject, body = own_words.words_of(db.session(), *place)
    if request.method == "GET":
        return _form(WordsForm(formdata=None, data={"subject": subject, "body": body}), place)
    if "reset" in request.form:
        return _reset(place)
    form = WordsForm()
    if not form.check(place[0], KINDS[place[0]][letter]):
        return _form(form, place), 422
    if "preview" in request.form:
        return _form(form, place, preview=_preview(form, place))
    if "test" in request.form and channel == "email":
        _send_test(form, letter, locale)
        return _form(form, place)
    return _keep(form, place)


def _place(channel: str, letter: str, locale: str) -> tuple[Channel, str, str]:
    if channel not in KINDS or letter not in KINDS[channel] or locale not in LANGUAGES:
        abort(404)
    return channel, letter, locale


def _form(form: WordsForm, place: tuple[Channel, str, str], preview: dict[str, Any] | None = None) -> str:
    channel, letter, locale = place
    return render_template(
        "admin/letter.html",
        form=form,
        channel=channel,
        kind=KINDS[channel][letter],
        letter=letter,
        language=locale,
        languages=LANGUAGES,
        holes=HOLES,
        own=own_words.find(db.session(), *place),
        preview=preview,
    )


def _keep(form: WordsForm, place: tuple[Channel, str, str]) -> Response:
    payments.begin_write()
    old = own_words.find(db.session(), *place)
    before = {"subject": old.subject, "body": old.body} if old else {}
    after = {"subject": form.subject.data if place[0] == "email" else "", "body": form.body.data}
    own_words.keep(db.session(), *place, **after, by=current_user.email)
    audit.note(db.session(), "letter.changed", "/".join(place), before=before, after=after)
    db.session.commit()
    flash(_("Kata-kata Anda disimpan dan dipakai mulai sekarang."), "success")
    return redirect(url_for("admin_letters.index"))


def _reset(place: tuple[Channel, str, str]) -> Response:
    payments.begin_write()
    old = own_words.find(db.session(), *place)
    if old is not None:
        audit.note(db.session(), "letter.reset", "/".join(place), before={"subject": old.subject, "body": old.body})
        db.session.delete(old)
    db.session.commit()
    flash(_("Surat ini kembali memakai kata-kata bawaan."), "success")
    return redirect(url_for("admin_letters.index"))


def _send_test(form: WordsForm, letter: str, locale: str) -> None:
    words = {"subject": form.subject.data, "body": form.body.data}
    payments.begin_write()
    payload = {"to": current_user.email, "letter": letter, "locale": locale, **words}
    moota.enqueue(TEST_EMAIL, f"test:{uuid4().hex}", payload)
    db.session.commit()
    told = _("Surat percobaan sedang dikirim ke %(email)s. Isinya belum disimpan.", email=current_user.email)
    flash(told, "info")


def _preview(form: WordsForm, place: tuple[Channel, str, str]) -> dict[str, Any]:
    """Return a letter about a made-up order: its subject, its HTML without styles, and its text."""
    channel, letter, locale = place
    with force_locale(locale):
        context = sample_context(letter)
        if channel == "whatsapp":
            known = {name: fact for name, fact in own_words.facts_of(letter, context).items() if fact is not None}
            return {"text": fill(form.body.data, {**known, "ticket": "RFD-2026-000123"})}
        own = own_parts(form.subject.data or "", form.body.data, letter, context)
        message = compose(current_user.email, own["heading"], "own", **context, **own)
    html = _STYLES.sub("", str(message.alternatives[0][0]))
    logo = current_shop().logo
    if logo:
        shown = url_for("media.show", name=logo["id"], width=media.fitting_width(logo, LOGO_WIDTH))
        html = html.replace(f"cid:{LOGO}", shown)
    inside = _BODY.search(html)
    # The template escaped everything that is not ours.
    return {"subject": own["heading"], "html": Markup(inside[1] if inside else ""), "text": message.body}  # noqa: S704


def _braced(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
