// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of runs: found by words, sorted by a column, walked by arrow keys.

const find = document.getElementById("find");
const state = document.getElementById("state");
const COLUMNS = [
  ["job", "Job", (one) => one.job],
  ["place", "Place or reason", (one) => `${one.runtime ?? "\uffff"}\n${one.platform ?? one.code}`],
  ["state", "State", (one) => one.state],
  ["starts", "Starts", (one) => one.start ?? Infinity, true],
  ["takes", "Takes", (one) => one.takes ?? Infinity, true],
  ["cost", "Cost", (one) => one.cost ?? Infinity, true],
  ["priority", "Priority", (one) => -(one.priority ?? -Infinity), true],
];
let shown = runs;
let order = null;
let backwards = false;
let entered = 0;

function runRow(index) {
  const one = shown[index];
  const cell = (name, n, ...lines) => make("td", { class: n ? `${name} n` : name }, ...lines);
  const placed = one.state === PLACED;
  const where = placed ? [one.platform, one.runtime] : [one.code, one.why];
  const outcome = one.actual?.result || one.actual?.state || "";
  const when = make("small", { class: "when" }, placed ? starting(one.start) : "");
  return make("tr", { tabindex: index === 0 ? "0" : "-1" },
    make("th", { scope: "row", class: "job" }, make("span", { title: one.job }, one.job), make("small", {}, one.run)),
    cell("place", false, make("span", { title: where[0] }, where[0]), make("small", { title: where[1] }, where[1])),
    cell(`state state-${one.state}`, false, make("span", {}, STATES[one.state]), make("small", {}, outcome), when),
    cell("starts", true, placed ? starting(one.start) : ""),
    cell("takes", true, placed ? lasting(one.takes) : ""),
    cell("cost", true, placed ? money(one.cost) : ""),
    cell("priority", true, placed ? String(one.priority) : ""));
}

const listHeader = make("tr", {}, ...COLUMNS.map(([name, label, , n], column) => {
  const cell = head(make("button", { type: "button", onclick: () => sortBy(column) }, label), name, n);
  cell.setAttribute("aria-sort", "none");
  return cell;
}));
const list = new VirtualTable(document.getElementById("list"), listHeader, runRow);

function search() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = state.value === "" ? null : Number(state.value);
  shown = runs.filter((one) =>
    (wanted === null || one.state === wanted) && words.every((word) => one.words.includes(word)));
  if (order !== null) {
    const key = COLUMNS[order][2];
    const sign = backwards ? -1 : 1;
    shown.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a.index - b.index));
  }
  const found = document.getElementById("found");
  found.textContent = shown.length === runs.length ? `${runs.length} in all` : `${shown.length} of ${runs.length}`;
  list.fill(shown.length);
}

function sortBy(column) {
  backwards = order === column && !backwards;
  order = column;
  [...listHeader.cells].forEach((cell, at) => {
    const way = backwards ? "descending" : "ascending";
    cell.setAttribute("aria-sort", at === column ? way : "none");
  });
  search();
}

function walk(event) {
  const at = list.active();
  if (at === false) return;
  const page = Math.max(1, Math.floor(list.box.clientHeight / list.height) - 1);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: shown.length };
  if (event.key in steps) list.go(steps[event.key]);
  else if (event.key === "Enter" || event.key === " ") enter(at);
  else return;
  event.preventDefault();
}

function enter(at) {
  entered = at;
  explain(shown[at]);
}

list.body.addEventListener("keydown", walk);
list.body.addEventListener("click", (event) => {
  const at = event.target.closest("tr[data-at]")?.dataset.at;
  if (at !== undefined) enter(Number(at));
});
find.form.addEventListener("submit", (event) => event.preventDefault());
let typing;
find.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, 120);
});
state.addEventListener("change", search);

function findRuns(words) {
  find.value = words;
  state.value = "";
  search();
  document.getElementById("runs").scrollIntoView();
  find.focus({ preventScroll: true });
}

for (const button of document.querySelectorAll("button[data-find]")) {
  button.addEventListener("click", () => findRuns(button.dataset.find));
}
