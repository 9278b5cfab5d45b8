// Counts again whatever the price depends on while the form is being filled in. Without this script, buttons do it.
"use strict";
(() => {
  const form = document.querySelector("form[data-count]");
  if (!form) return;
  const watched = new Set(["city", "province", "postal_code", "district", "delivery", "voucher"]);
  const sending = form.querySelectorAll('button[type="submit"]:not([name])');
  let latest = 0;
  form.classList.add("scripted");

  // What somebody chose or typed while the server counted is newer than the answer, and stays.
  const newer = (part, sent) => {
    const current = new FormData(form);
    const names = new Set([...part.querySelectorAll("input[name]")].map((input) => input.name));
    return [...names].filter((name) => current.has(name) && current.get(name) !== sent.get(name)).map((name) => [name, current.get(name)]);
  };

  const keep = (part, name, value) => {
    for (const input of part.querySelectorAll(`input[name="${name}"]:not(:disabled)`)) {
      if (input.type !== "radio") input.value = value;
      else if (input.value === value) input.checked = true;
    }
  };

  const show = (answer, sent) => {
    for (const part of form.querySelectorAll("[data-part]")) {
      const html = answer[part.dataset.part];
      if (html === undefined || part.dataset.shown === html) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
      const kept = newer(part, sent);
      part.innerHTML = html;
      part.dataset.shown = html;
      for (const [name, value] of kept) keep(part, name, value);
      if (focused) document.getElementById(focused)?.focus();
    }
    const chosen = (name) => form.querySelector(`input[name="${name}"]:checked:not(:disabled)`);
    const ready = (answer.total === "0" || chosen("way")) && (!form.querySelector('input[name="delivery"]') || chosen("delivery"));
    for (const button of sending) button.disabled = !ready;
  };

  const count = async () => {
    const mine = ++latest;
    const sent = new FormData(form);
    try {
      const answer = await fetch(form.dataset.count, { method: "POST", body: sent });
      if (mine !== latest) return;
      const told = answer.ok || answer.status === 429 ? await answer.json() : {};
      const problem = form.querySelector("[data-problem]");
      problem.textContent = told.problem ?? "";
      problem.hidden = !told.problem;
      if (answer.ok) show(told, sent);
    } catch {
      // The server counts again when the order is sent; nothing is lost.
    }
  };

  form.addEventListener("change", (event) => {
    if (watched.has(event.target.name)) count();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest('button[name="recount"]')) {
      event.preventDefault();
      count();
    }
  });
})();
