// SPDX-License-Identifier: LGPL-2.1-or-later
// Find a run by words, walk to it, ask why, and come back: by keys alone.
const [page] = pages;
const root = page.document;
const rows = () => [...root.querySelectorAll("#list tr[data-at]")];
const press = (...names) => names.forEach((key) => {
  const event = new page.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  root.activeElement.dispatchEvent(event);
});
const seen = { all: rows().length };
const find = root.getElementById("find");
find.value = input;
find.dispatchEvent(new page.Event("input"));
await sleep(300);
seen.some = rows().length;
seen.found = root.getElementById("found").textContent;
page.focus();
rows()[0].focus();
press("End", "ArrowUp", "ArrowUp", "ArrowDown", "Home");
seen.at = root.activeElement.dataset.at;
press("Enter");
const dialog = root.getElementById("why");
seen.open = dialog.open;
seen.title = root.getElementById("why-title").textContent;
seen.hash = page.location.hash;
seen.verdicts = [...dialog.querySelectorAll(".candidates tbody tr")].map((row) => row.className);
dialog.close();
await sleep(50);
seen.back = root.activeElement.dataset.at ?? root.activeElement.outerHTML.slice(0, 99);
return seen;
