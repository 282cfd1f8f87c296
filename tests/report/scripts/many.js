// SPDX-License-Identifier: LGPL-2.1-or-later
// How many elements stand for how many runs, at the end of the list too.
const [page] = pages;
const root = page.document;
const rows = () => [...root.querySelectorAll("#list tr[data-at]")];
const count = Number(root.querySelector("#list table").getAttribute("aria-rowcount")) - 1;
page.focus();
rows()[0].focus();
root.activeElement.dispatchEvent(new page.KeyboardEvent("keydown", { key: "End", bubbles: true }));
await sleep(100);
const last = root.activeElement.dataset.at;
root.getElementById("labs").scrollIntoView();
await sleep(500);
return { count, rows: rows().length, last, bars: root.querySelectorAll(".timeline rect").length };
