"""What people do about the inbox: process a request again, all that failed, let a source in, pause and resume."""

from flask import Response, flash, request, url_for

from ... import inbox, pausing, sources
from ...context import work_on_host_session
from ..answers import translator
from .acting import acting, back_to, require_version, told
from .one_delivery import get_or_404, version_of
from .routes import Route

# One transaction stays short; the rest is a second click.
_MOST_AT_ONCE = 200


def replay(public_id: str) -> Response:
    """Have the worker look at a request again."""
    t = translator()
    with told(t("Akan diproses lagi dalam beberapa detik.")), acting("delivery.replay", public_id) as work:
        work.begin()
        found = inbox.lock_delivery(work, get_or_404(work, public_id).id)
        require_version(version_of(found))
        inbox.replay(work, found)
    return back_to(url_for("moota_panel.delivery", public_id=public_id))


def retry() -> Response:
    """Have the worker look again at all that failed."""
    t = translator()
    failed = inbox.list_deliveries(work_on_host_session("shop"), status="failed", limit=_MOST_AT_ONCE)
    done = t("%(count)d yang gagal akan diproses lagi dalam beberapa detik.", count=len(failed))
    with told(done), acting("inbox.retry", "", count=len(failed)) as work:
        work.begin()
        for each in failed:
            locked = inbox.lock_delivery(work, each.id)
            if locked.status == "failed":
                inbox.replay(work, locked)
    return back_to(url_for("moota_panel.inbox"))


def allow() -> Response:
    """Take webhooks from an address as well."""
    t, address = translator(), request.form.get("address", "")[:64]
    done = t("Webhook dari %(address)s diterima mulai sekarang.", address=address)
    with told(done), acting("source.let_in", address) as work:
        sources.let_in(work, address)
    return back_to(url_for("moota_panel.inbox_refused"))


def pause() -> Response:
    """Store webhooks and read nothing from them."""
    t, reason = translator(), request.form.get("reason", "")[:500]
    if not reason.strip():
        flash(t("Tulis alasannya; itu disimpan di riwayat."), "danger")
        return back_to(url_for("moota_panel.inbox"))
    with told(t("Pemrosesan dijeda. Webhook tetap disimpan.")), acting("inbox.pause", "", reason=reason) as work:
        pausing.pause(work, reason=reason)
    return back_to(url_for("moota_panel.inbox"))


def resume() -> Response:
    """Process again."""
    t = translator()
    with told(t("Pemrosesan berjalan lagi; yang menumpuk diproses lebih dulu.")), acting("inbox.resume", "") as work:
        pausing.resume(work)
    return back_to(url_for("moota_panel.inbox"))


ROUTES = (
    Route("/inbox/<public_id>/replay", "delivery_replay", replay, "act", "POST"),
    Route("/inbox/retry", "inbox_retry", retry, "act", "POST"),
    Route("/inbox/allow", "inbox_allow", allow, "settings", "POST"),
    Route("/inbox/pause", "inbox_pause", pause, "settings", "POST"),
    Route("/inbox/resume", "inbox_resume", resume, "settings", "POST"),
)
