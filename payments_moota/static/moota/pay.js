/* The payment page made pleasant: copying, counting down, and turning to paid by itself. It works without this. */
(() => {
  "use strict";
  const page = document.querySelector("[data-moota]");
  if (!page) return;
  document.documentElement.classList.add("moota-scripted");

  const CHANGED = "moota-changed";
  const SOON = 2000;
  const LATER = 10000;
  const PATIENCE = 10 * 60 * 1000;

  // Copying -------------------------------------------------------------------------------------------------------

  const told = page.querySelector("[data-copy-status]");
  let silence;

  function tell(text) {
    if (!told) return;
    clearTimeout(silence);
    told.textContent = text;
    silence = setTimeout(() => { told.textContent = ""; }, 3000);
  }

  // The clipboard API exists on https only; a shop on a local network still deserves a button.
  function copyBySelection(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true;
    field.className = "moota-live";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  }

  page.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const copied = await copy(button.dataset.copy);
    button.focus();
    tell(copied ? button.dataset.copied : told.dataset.failed);
  });

  // Printing ------------------------------------------------------------------------------------------------------

  page.querySelector("[data-print]")?.addEventListener("click", () => window.print());

  // Counting down -------------------------------------------------------------------------------------------------

  const countdown = page.querySelector("[data-deadline]");

  function clock(seconds) {
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return parts.map((part) => String(part).padStart(2, "0")).join(":");
  }

  if (countdown) {
    // Counted from the server's seconds, since the reader's clock may be wrong.
    const end = Date.now() + Number(countdown.dataset.secondsLeft) * 1000;
    const tick = () => {
      const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
      countdown.textContent = seconds ? clock(seconds) : countdown.dataset.over;
      if (seconds) setTimeout(tick, 1000 - (Date.now() % 1000));
    };
    tick();
  }

  // Looking for the money -----------------------------------------------------------------------------------------

  const url = page.dataset.statusUrl;
  const began = Date.now();
  let etag = "";
  let timer;
  let asking = false;
  let toldOf;

  function remember(changed) {
    try {
      const before = sessionStorage.getItem(CHANGED) === location.pathname;
      if (changed) sessionStorage.setItem(CHANGED, location.pathname);
      else sessionStorage.removeItem(CHANGED);
      return before;
    } catch {
      return false;
    }
  }

  function wait() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, Date.now() - began < PATIENCE ? SOON : LATER);
  }

  // What the page would show differently; written into it by the server in the same order.
  function known(charge) {
    return [
      charge.status, charge.method, charge.va_number, charge.amount_open, charge.exceptions,
      charge.amount_paid, charge.amount_refunded, charge.amount_refundable,
    ].join("|");
  }

  // What is said below "I have paid", fetched anew and put in its place.
  async function renew(address, options) {
    const answer = await fetch(address, { cache: "no-store", ...options });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [old, section] = [page.querySelector("[data-check]"), fresh.querySelector("[data-check]")];
    if (!old || !section) {
      location.reload();
      return;
    }
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(section);
    if (hadFocus) {
      section.tabIndex = -1;
      section.focus({ preventScroll: true });
    }
  }

  page.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-ask]")) return;
    event.preventDefault();
    const button = event.target.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await renew(event.target.action, { method: "POST", body: new FormData(event.target) });
    } catch {
      event.target.submit();
    }
  });

  // What the page says of looking at the bank, as the server tells it.
  function checked(charge) {
    const check = charge.check;
    return check ? [check.state, check.asked_at, check.looked_at, check.seen_at, !check.next_at].join("|") : "";
  }

  async function look() {
    if (asking) return;
    asking = true;
    try {
      const headers = etag ? { "If-None-Match": etag } : {};
      const answer = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.timeout?.(8000) });
      if (answer.ok) {
        etag = answer.headers.get("ETag") || "";
        const charge = await answer.json();
        if (known(charge) !== page.dataset.known) {
          remember(true);
          location.reload();
          return;
        }
        const before = toldOf;
        toldOf = checked(charge);
        if (before !== undefined && before !== toldOf) await renew(location.pathname);
      }
    } catch {
      // Offline for a moment: the next round will tell.
    }
    asking = false;
    wait();
  }

  // After a change of state the reader should land on the news.
  if (remember(false)) page.querySelector("[data-banner]")?.focus();
  if (url) {
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
    wait();
  }
})();
