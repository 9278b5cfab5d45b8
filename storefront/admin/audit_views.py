"""The audit log in the panel: searched, read, exported; nobody changes it."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, stream_with_context
from wtforms import DateField, Form, SelectField, StringField
from wtforms.fields import SelectChoice

from storefront.catalog.rules import MAX_QUERY
from storefront.extensions import db
from storefront.forms import one_line
from storefront.identity import current_shop
from storefront.spreadsheets import CSV_TYPE, csv_lines
from storefront.texts import _, _l

from . import access, audit, deeds
from .models import AuditEntry
from .settings_forms import label_of

bp = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")
access.guard(bp)


def _choices() -> list[SelectChoice]:
    """Return every deed in its area, and each area as a whole."""
    found = [SelectChoice("", _("Semua tindakan"))]
    for area, (title, known) in deeds.AREAS.items():
        found.append(SelectChoice(area, _("Semua: %(area)s", area=title), optgroup=str(title)))
        found += (SelectChoice(code, words, optgroup=str(title)) for code, words in known.items())
    return found


def _actions(chosen: str) -> tuple[str, ...]:
    if chosen in deeds.AREAS:
        return tuple(deeds.AREAS[chosen][1])
    return (chosen,) if chosen in deeds.WORDS else ()


class AuditFilters(Form):  # type: ignore[misc]
    """What the list shows; lives in the address. Days are the shop's."""

    q = StringField(_l("Orang, hal, atau alamat"), filters=[one_line, lambda text: (text or "")[:MAX_QUERY]])
    deed = SelectField(_l("Tindakan"), choices=_choices)
    since = DateField(_l("Dari tanggal"))
    until = DateField(_l("Sampai tanggal"))

    def wanted(self, older_than: int | None) -> audit.Wanted:
        """Return what is looked for; a day that is none is left out."""
        until = self.until.data
        return audit.Wanted(
            text=self.q.data,
            actions=_actions(self.deed.data),
            since=_begin(self.since.data),
            until=_begin(until + timedelta(days=1) if until else None),
            older_than=older_than,
        )


@bp.get("")
@access.requires("owner")
def index() -> str:
    """Show what was done, newest first."""
    filters = AuditFilters(request.args)
    page = audit.find(db.session(), filters.wanted(request.args.get("older", type=int)))
    return render_template("admin/audit.html", page=page, filters=filters, changes=changes, words_for=deeds.words_for)


@bp.get("/export.csv")
@access.requires("owner")
def export() -> Response:
    """Hand out everything the filters let through."""
    wanted = AuditFilters(request.args).wanted(None)
    answer = Response(stream_with_context(csv_lines(_rows(wanted))), mimetype=CSV_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def changes(entry: AuditEntry) -> list[tuple[str, str | None, str]]:
    """Return what changed, by name: as it was, None where nothing was before, and as it is, as short text."""
    names = sorted({*entry.before, *entry.after})
    return [
        (label_of(name), _shown(entry.before[name]) if name in entry.before else None, _shown(entry.after.get(name)))
        for name in names
    ]


def _rows(wanted: audit.Wanted) -> Iterator[list[str]]:
    yield [_("Waktu"), _("Orang"), _("Alamat"), _("Tindakan"), _("Hal"), _("Sebelum"), _("Sesudah")]
    for entry in audit.every(db.session(), wanted):
        facts = (json.dumps(entry.before, ensure_ascii=False), json.dumps(entry.after, ensure_ascii=False))
        yield [entry.at.isoformat(), entry.actor, entry.address, entry.action, entry.subject, *facts]


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(current_shop().timezone)) if day else None
