/* Lists of the panel follow their filters while these are typed, and their pages turn in place. They work without this. */
(() => {
  "use strict";
  const main = document.querySelector("main");
  if (!main) return;
  const PAUSE = 250;
  const told = document.createElement("p");
  told.className = "visually-hidden moota-live";
  told.setAttribute("role", "status");
  if (main.querySelector("form[role=search]")) document.body.append(told);
  const words = document.currentScript.dataset;
  const here = () => location.pathname + location.search;
  let shown = here();
  let asking;
  let pause;

  // Gives the page at an address, or nothing when another was wanted meanwhile; what is no such page is gone to.
  async function fetched(address) {
    asking?.abort();
    asking = new AbortController();
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
      const isPage = answer.headers.get("Content-Type")?.startsWith("text/html");
      if (!answer.ok || answer.redirected || !isPage) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      main.removeAttribute("aria-busy");
      return page;
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
      return null;
    }
  }

  function addressOf(form) {
    const address = new URL(form.getAttribute("action") || location.pathname, location.href);
    for (const [name, value] of new FormData(form)) if (value) address.searchParams.append(name, value);
    return address;
  }

  // The form stays, so that nobody loses their place in it; of its parts only the one in use is left as it is.
  function renew(form, fresh) {
    for (const control of form.querySelectorAll("input[id], select[id]")) {
      const other = fresh.querySelector(`#${CSS.escape(control.id)}`);
      const box = control.parentElement;
      if (other && !box.contains(document.activeElement)) box.replaceWith(other.parentElement);
    }
    for (const link of form.querySelectorAll(":scope > a")) link.remove();
    form.append(...fresh.querySelectorAll(":scope > a"));
    for (const around of [...form.parentElement.childNodes]) if (around !== form) around.remove();
    const all = [...fresh.parentElement.childNodes];
    form.before(...all.slice(0, all.indexOf(fresh)));
    form.after(...all.slice(all.indexOf(fresh) + 1));
  }

  async function follow(form) {
    const address = addressOf(form);
    const page = await fetched(address);
    const fresh = page?.querySelector("main form[role=search]");
    if (!fresh) return;
    renew(form, fresh);
    history.replaceState(null, "", address);
    shown = here();
    told.textContent = words.told;
  }

  async function turn(address) {
    const page = await fetched(address);
    const fresh = page?.querySelector("main");
    if (!fresh) return;
    main.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    history.pushState(null, "", address);
    shown = here();
    const heading = main.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  main.addEventListener("input", ({ target }) => {
    const form = target.closest("form[role=search]");
    if (!form || target.type !== "search") return;
    clearTimeout(pause);
    pause = setTimeout(() => follow(form), PAUSE);
  });
  main.addEventListener("change", ({ target }) => {
    const form = target.closest("form[role=search]");
    if (form && target.type !== "search") follow(form);
  });
  main.addEventListener("submit", () => {
    clearTimeout(pause);
    asking?.abort();
  });
  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const here = link.origin === location.origin && link.pathname === location.pathname;
    // A page with a script of its own is loaded anew, so that the script is, too.
    if (!here || link.hash || link.target || main.querySelector("script")) return;
    event.preventDefault();
    turn(link.href);
  });
  // A jump within the page comes here, too; it must not cost anybody what they have typed.
  addEventListener("popstate", () => {
    if (here() !== shown) location.reload();
  });
})();
