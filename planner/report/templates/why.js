// SPDX-License-Identifier: LGPL-2.1-or-later
// Why: one run in a dialog.

const dialog = document.getElementById("why");

function facts(one) {
  const list = make("dl");
  const say = (name, value) => {
    if (value) list.append(make("dt", {}, name), make("dd", {}, value));
  };
  say("Run", one.run);
  say("For", one.parent);
  if (one.state === PLACED) {
    say("Goes to", `${one.platform} (${one.kind}) in ${one.runtime}`);
    say("Expected", `${one.start ? `waits ${lasting(one.start)}` : "starts now"}, takes ${lasting(one.takes)}`);
    say("Cost", money(one.cost));
    say("Priority", String(one.priority));
  } else {
    const code = one.code === one.tier ? one.code : `${one.tier}, ${one.code}`;
    say(one.state === 1 ? "Waits" : "In error", `${code}: ${one.why}`);
  }
  const { actual } = one;
  if (actual) {
    const waited = actual.wait === null ? "" : `, waited ${lasting(actual.wait)}`;
    const took = actual.took === null ? "" : `, took ${lasting(actual.took)}`;
    say("So far", `${actual.state}${actual.result ? ` (${actual.result})` : ""}${waited}${took}`);
  }
  return list;
}

/** A table whose roles hold even where a narrow screen lays its rows out otherwise. */
function table(name, caption, heads, rows) {
  const header = make("tr", { role: "row" }, ...heads.map(([label, n]) =>
    make("th", { scope: "col", role: "columnheader", class: n ? "n" : undefined }, label)));
  const parts = [make("thead", { role: "rowgroup" }, header), make("tbody", { role: "rowgroup" }, ...rows)];
  const whole = make("table", { role: "table", class: `stacked ${name}` }, make("caption", {}, caption), ...parts);
  return make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption }, whole);
}

function line(name, place, ...cells) {
  const head = make("th", { scope: "row", role: "rowheader" }, place);
  const rest = cells.map(([value, n]) => make("td", { role: "cell", class: n ? "n" : undefined }, value));
  return make("tr", { role: "row", class: name }, head, ...rest);
}

function candidates(list) {
  const rows = list.map(([runtime, platform, kind, wait, takes, cost, verdict, why]) => {
    const place = `${text(runtime)} / ${text(platform)}${kind === platform ? "" : ` (${text(kind)})`}`;
    const numbers = [[lasting(wait), true], [lasting(takes), true], [money(cost), true]];
    return line(text(verdict), place, ...numbers, [text(why)]);
  });
  const heads = [["Place"], ["Wait", true], ["Takes", true], ["Cost", true], ["Verdict"]];
  return table("candidates", `Candidates (${list.length})`, heads, rows);
}

function refusals(list) {
  const rows = list.map(([runtime, platform, code, why]) => {
    const place = [text(runtime), text(platform)].filter(Boolean).join(" / ");
    return line("", place, [text(code)], [text(why)]);
  });
  return table("refusals", `Refused (${list.length})`, [["Place"], ["Reason"], ["Text"]], rows);
}

function explain(one) {
  const close = make("button", { class: "close", onclick: () => dialog.close() }, "Close");
  dialog.replaceChildren(close, make("h2", { id: "why-title" }, one.job), facts(one));
  const why = data.whys[one.index];
  if (why) {
    const [refused, ...list] = why;
    if (list.length) dialog.append(candidates(list));
    if (data.refusals[refused].length) dialog.append(refusals(data.refusals[refused]));
  } else if (one.state !== 2) {
    dialog.append(make("p", {}, "This plan does not say what else the run could have had."));
  }
  history.replaceState(null, "", `#run=${encodeURIComponent(one.run)}`);
  dialog.showModal();
  dialog.scrollTop = 0;
}

dialog.addEventListener("close", () => {
  history.replaceState(null, "", "#runs");
  // The row that had the focus may have been drawn anew meanwhile.
  if (document.activeElement === document.body) list.row(entered)?.focus({ preventScroll: true });
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
