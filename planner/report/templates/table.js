// SPDX-License-Identifier: LGPL-2.1-or-later
/** Shows only those rows of a table that can be seen; `draw(index)` makes one. */
class VirtualTable {
  constructor(box, header, draw) {
    this.box = box;
    this.draw = draw;
    this.count = 0;
    this.body = make("tbody");
    this.table = make("table", {}, make("thead", {}, header), this.body);
    const labelled = box.getAttribute("aria-labelledby");
    if (labelled) this.table.setAttribute("aria-labelledby", labelled);
    box.replaceChildren(this.table);
    box.addEventListener("scroll", () => this.show(), { passive: true });
    new ResizeObserver(() => this.show(true)).observe(box);
  }

  fill(count) {
    this.count = count;
    this.table.setAttribute("aria-rowcount", count + 1);
    this.box.scrollTop = 0;
    this.show(true);
  }

  room(rows) {
    const cell = make("td", { class: "room" });
    const row = make("tr", { class: "room", "aria-hidden": "true" }, cell);
    cell.style.height = `${rows * this.height}px`;
    return row;
  }

  show(anew = false) {
    const held = this.body.contains(document.activeElement) && this.active();
    if (anew || !this.height) {
      this.body.replaceChildren(...(this.count ? [this.draw(0)] : []));
      this.height = this.body.firstElementChild?.getBoundingClientRect().height || 0;
      this.from = -1;
    }
    if (!this.height) return;
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.height) - 10);
    const seen = Math.ceil(this.box.clientHeight / this.height) + 20;
    if (Math.abs(first - this.from) < 5 && this.from >= 0) return;
    const last = Math.min(this.count, first + seen);
    this.from = first;
    const rows = [];
    for (let index = first; index < last; index++) {
      const row = this.draw(index);
      row.setAttribute("aria-rowindex", index + 2);
      row.dataset.at = index;
      rows.push(row);
    }
    this.body.replaceChildren(this.room(first), ...rows, this.room(this.count - last));
    if (held !== false) this.row(held)?.focus({ preventScroll: true });
  }

  row(index) {
    return this.body.querySelector(`tr[data-at="${index}"]`);
  }

  active() {
    const at = document.activeElement.closest("tr")?.dataset.at;
    return at === undefined ? false : Number(at);
  }

  /** Brings a row into view and gives it the focus. */
  go(index) {
    const to = Math.max(0, Math.min(this.count - 1, index));
    const top = to * this.height;
    const header = this.table.tHead.getBoundingClientRect().height;
    const seen = this.box.clientHeight - header - this.height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top > this.box.scrollTop + seen) this.box.scrollTop = top - seen;
    this.show();
    this.row(to)?.focus({ preventScroll: true });
  }
}
