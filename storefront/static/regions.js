// Suggests cities, districts and villages while an address is typed, and fills in what follows from a choice.
// Without this script each field has the suggestions that came with the page.
"use strict";
(() => {
  const form = document.querySelector("[data-regions]")?.closest("form");
  if (!form) return;
  const address = form.querySelector("[data-regions]").dataset.regions;
  const fields = ["province", "city", "district", "village"];
  const offered = {};
  let filled = "";
  let waiting = 0;
  let asking = null;

  const show = (name, places) => {
    offered[name] = new Map(places.map((place) => [place.text, place.fields]));
    document.getElementById(`wilayah-${name}`).replaceChildren(
      ...places.map((place) => Object.assign(document.createElement("option"), { value: place.text })),
    );
  };

  const ask = async (name) => {
    asking?.abort();
    asking = new AbortController();
    const values = fields.slice(0, fields.indexOf(name) + 1).map((each) => [each, form.elements[each].value]);
    const question = new URLSearchParams([["field", name], ...values]);
    try {
      const answer = await fetch(`${address}?${question}`, { signal: asking.signal });
      if (answer.ok) show(name, (await answer.json()).places);
    } catch {
      // The field stays one that can be typed into.
    }
  };

  const take = (name) => {
    const found = offered[name]?.get(form.elements[name].value);
    if (!found) return false;
    for (const [each, value] of Object.entries(found)) {
      const field = form.elements[each];
      if (each === "postal_code") {
        if (field.value && field.value !== filled) continue;
        filled = value;
      }
      field.value = value;
    }
    form.elements.city.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };

  for (const name of fields.slice(1)) {
    const field = form.elements[name];
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      if (!take(name)) waiting = setTimeout(ask, 200, name);
    });
    field.addEventListener("focus", () => ask(name));
  }
})();
