// SPDX-License-Identifier: LGPL-2.1-or-later
// What the page is given, and how names and numbers are written.

const data = JSON.parse(document.getElementById("data").textContent);
const PLACED = 0;
const STATES = ["placed", "waiting", "in error"];
document.body.classList.add("scripted");

// Words and numbers, as the other commands write them.

const text = (number) => (number < 0 || number === undefined ? "" : data.texts[number]);

function lasting(seconds) {
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  const two = (value) => String(value).padStart(2, "0");
  if (minutes < 60) {
    const rest = seconds % 60;
    return rest && minutes < 10 ? `${minutes}m${two(rest)}s` : `${minutes}m`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

const money = (milli) => (milli / 1000).toFixed(3);
const starting = (seconds) => (seconds ? `+${lasting(seconds)}` : "now");

// The rows, by name. Their order is that of planner/report/rows.py.

const runs = data.rows.map((row, index) => {
  const [run, job, parent, state] = row;
  const one = { index, run: text(run), job: text(job), parent: text(parent), state };
  if (state === PLACED) {
    [one.runtime, one.platform, one.kind] = row.slice(4, 7).map(text);
    [one.priority, one.start, one.takes, one.cost] = row.slice(7, 11);
    if (row.length > 11) {
      one.actual = { state: text(row[11]), result: text(row[12]), wait: row[13], took: row[14] };
    }
  } else {
    [one.tier, one.code, one.why] = row.slice(4, 7).map(text);
  }
  const words = [one.run, one.job, one.parent, STATES[state], one.runtime, one.platform, one.kind];
  words.push(one.tier, one.code, one.why, one.actual?.state, one.actual?.result);
  one.words = words.filter(Boolean).join("\n").toLowerCase();
  return one;
});

// Elements. Text is only ever set as text, so that no name can become markup.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const head = (label, name, n) =>
  make("th", { scope: "col", class: [name, n ? "n" : ""].join(" ").trim() || undefined }, label);
