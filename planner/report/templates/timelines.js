// SPDX-License-Identifier: LGPL-2.1-or-later
// Timelines: how many runs wait above, who runs below; drawn when they come into view.

const SVG = "http://www.w3.org/2000/svg";
const onSlot = new Map();
for (const one of runs) {
  if (one.state !== PLACED) continue;
  const slot = JSON.stringify([one.runtime, one.kind]);
  if (!onSlot.has(slot)) onSlot.set(slot, []);
  onSlot.get(slot).push(one);
}
const horizon = Math.max(1, ...[...onSlot.values()].flat().map((one) => one.start + one.takes));
function drawn(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Puts runs that overlap into different lanes, as few as do. */
function lanes(here) {
  const ends = [];
  return here.map((one) => {
    let lane = ends.findIndex((end) => end <= one.start);
    if (lane < 0) lane = ends.push(0) - 1;
    ends[lane] = one.start + one.takes;
    return lane;
  });
}

/** How many runs wait, from all of them at the start down to none when the last one starts. */
function queue(starts, high, at) {
  let points = `0,${high}`;
  let from = 0;
  starts.forEach((start, index) => {
    const level = (high * index) / starts.length;
    points += ` ${at(from)},${level} ${at(start)},${level}`;
    from = start;
  });
  return drawn("polygon", { class: "queue", points: `${points} ${at(from)},${high}` });
}

function timeline(box) {
  const here = onSlot.get(JSON.stringify([box.dataset.runtime, box.dataset.kind]))
    .slice().sort((a, b) => a.start - b.start || a.index - b.index);
  const wide = box.clientWidth;
  const at = (seconds) => (wide * seconds) / horizon;
  const lane = lanes(here);
  const used = Math.max(...lane) + 1;
  const starts = here.map((one) => one.start).filter(Boolean);
  const top = starts.length ? 14 : 0;
  const thick = Math.min(10, 120 / used);
  const gap = thick > 3 ? 1 : 0;
  const high = Math.ceil(top + thick * used);
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, height: high, "aria-hidden": "true" });
  if (starts.length) svg.append(queue(starts, top - 1, at));
  here.forEach((one, index) => {
    const width = Math.max(2, at(one.takes) - gap);
    const y = top + thick * lane[index];
    const bar = drawn("rect", { class: "run", x: at(one.start), y, width, height: thick - gap });
    const wait = one.start ? `waits ${lasting(one.start)}, ` : "";
    bar.append(drawn("title", {}, `${one.job} on ${one.platform}: ${wait}takes ${lasting(one.takes)}`));
    bar.addEventListener("click", () => explain(one));
    svg.append(bar);
  });
  box.replaceChildren(svg);
}

const hatch = drawn("svg", { width: 0, height: 0, "aria-hidden": "true" },
  drawn("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse" },
    drawn("rect", { width: 6, height: 6 }), drawn("path", { d: "M0,6 L6,0" })));
hatch.style.position = "absolute";
document.body.append(hatch);
const coming = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    coming.unobserve(entry.target);
    timeline(entry.target);
  }
}, { rootMargin: "400px" });
const timelines = document.querySelectorAll(".timeline");
timelines.forEach((box) => coming.observe(box));
let width = innerWidth;
addEventListener("resize", () => {
  if (width === innerWidth) return;
  width = innerWidth;
  timelines.forEach((box) => coming.observe(box));
});
