"""What is watched on every page: other hosts, complaints of the browser, barriers, and boxes that stick out."""

import shutil
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT

LAUNCH = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
_FIRST_ERROR = 400
# The night changes nothing but colours.
_ABOUT_COLOUR = ["color-contrast", "link-in-text-block"]

# Boxes that reach past the window, and boxes whose content reaches past them, unless a scroller or a clip holds it.
# Of boxes within each other only the innermost is told: there the fault is.
_STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const unseen = ".visually-hidden, .hidden, .skip, .moota-live";
  const styleOf = (e) => getComputedStyle(e);
  const clips = (e) => styleOf(e).overflowX !== "visible" || styleOf(e).clipPath !== "none";
  const isHeld = (e) => e && e !== document.body && (clips(e) || isHeld(e.parentElement));
  const isSeen = (e) => !e.closest(unseen) && e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const sticksOut = (e) => {
    const box = e.getBoundingClientRect();
    return box.width && (box.right > width + 1 || box.left < -1) && !isHeld(e);
  };
  const spills = (e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1 && !isHeld(e) && !e.querySelector(unseen);
  const named = (e) => `<${[e.localName, ...e.classList].join(".")}> ${e.textContent.trim().replace(/\\s+/g, " ")}`;

  const found = document.documentElement.scrollWidth > width ? ["the page scrolls sideways"] : [];
  const seen = [...document.body.querySelectorAll("*")].filter(isSeen);
  for (const [fault, kind] of [[sticksOut, "past the window"], [spills, "past its box"]]) {
    const faulty = seen.filter(fault);
    const innermost = faulty.filter((e) => !faulty.some((other) => other !== e && e.contains(other)));
    found.push(...innermost.map((e) => `${kind}: ${named(e).slice(0, 90)}`));
  }
  return found;
}"""

# What a first visit loads, in bytes as they are unpacked, and how far boxes moved while it did.
_LOADED = """async () => {
  const kinds = { link: "styles", script: "scripts", img: "pictures", css: "pictures" };
  const [page] = performance.getEntriesByType("navigation");
  const loaded = { html: page.decodedBodySize, styles: 0, scripts: 0, pictures: 0 };
  for (const { initiatorType, name, decodedBodySize } of performance.getEntriesByType("resource")) {
    const kind = name.endsWith(".svg") ? "pictures" : kinds[initiatorType];
    if (kind) loaded[kind] += decodedBodySize;
  }
  const shifts = await new Promise((resolve) => {
    let seen = 0;
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen += entry.value;
    });
    observer.observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => setTimeout(() => resolve(seen), 0));
  });
  const unsized = [...document.images].filter((image) => !image.hasAttribute("width") || !image.hasAttribute("height"));
  return { ...loaded, shifts, unsized: unsized.length };
}"""
MOST = {"html": 60_000, "styles": 64_000, "scripts": 12_000, "pictures": 120_000, "shifts": 0.01, "unsized": 0}

# Controls of the browser work by keyboard as they are; what is asked is that Tab reaches them in the order in which
# they are read, and that it shows where it is.
_BY_KEYBOARD = """() => {
  const named = (e) => `<${e.localName} ${e.name || e.textContent.trim().slice(0, 40)}>`;
  const usable = 'a[href], button:not(:disabled), input:not([type="hidden"], :disabled), select, textarea, summary';
  // What readers are not told of is not for people: the trap for robots, the button that Enter presses.
  const isSeen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[aria-hidden="true"]');
  const isOutlined = ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  // A link that covers its card is outlined around the card.
  const showsFocus = (e) => ["", "::after"].some((part) => isOutlined(getComputedStyle(e, part)));
  const before = document.activeElement;
  const found = [];
  for (const e of [...document.querySelectorAll(usable)].filter(isSeen)) {
    if (e.tabIndex > 0) found.push(`jumps the queue: ${named(e)}`);
    if (e.tabIndex < 0) found.push(`not reached by Tab: ${named(e)}`);
    e.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== e) found.push(`takes no focus: ${named(e)}`);
    else if (!showsFocus(e)) found.push(`shows no focus: ${named(e)}`);
  }
  if (before && before !== document.body) before.focus({ preventScroll: true });
  else document.activeElement?.blur();
  return found;
}"""


def find_chromium():
    """Return the path of the Chromium that is installed, or None; the one without windows opens pages much sooner."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


class Watch:
    """Notes everything that no page of ours may cause."""

    def __init__(self, *urls):
        self._hosts = {urlsplit(url).netloc for url in urls}
        self.problems = []

    def over(self, context):
        context.on("console", self._on_console)
        context.on("weberror", lambda event: self._note("script", event.error))
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        return context

    def _on_console(self, message):
        # A page may be an error page; that a part of a page is missing is told by its response.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self._note("console", f"{message.text} ({message.location.get('url')})")

    def _on_request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc not in self._hosts:
            self._note("other host", request.url)

    def _on_response(self, response):
        if response.status >= _FIRST_ERROR and not response.request.is_navigation_request():
            self._note(response.status, response.url)

    def _note(self, kind, text):
        self.problems.append(f"{kind}: {text}")


def sticking_out(page):
    return page.evaluate(_STICKING_OUT)


def barriers(page, rules=None):
    """Return what axe finds, one line for each rule and place; `rules` names those to look at, else all are."""
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
    return [f"{violation['id']}: {node['html'][:160]}" for violation in found for node in violation["nodes"]]


def too_heavy(page):
    """Return what is more than a page may load, and what moved while it did; ask before the window changes."""
    loaded = page.evaluate(_LOADED)
    return [f"{name}: {loaded[name]} is more than {most}" for name, most in MOST.items() if loaded[name] > most]


def weight(page):
    """Return how many bytes the page has loaded altogether, as they are unpacked."""
    loaded = page.evaluate(_LOADED)
    return sum(loaded[kind] for kind in ("html", "styles", "scripts", "pictures"))


def look_over(page):
    """Assert that the page is light, and without fault on phone and desk, by day, by night and by keyboard."""
    problems = [*too_heavy(page), *page.evaluate(_BY_KEYBOARD)]
    page.evaluate(AXE_SCRIPT)
    page.emulate_media(color_scheme="light")
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        problems += [f"{size['width']}: {found}" for found in sticking_out(page)]
        problems += [f"{size['width']}: {found}" for found in barriers(page)]
    page.emulate_media(color_scheme="dark")
    problems += [f"dark: {found}" for found in barriers(page, _ABOUT_COLOUR)]
    assert not problems, "\n".join(problems)
