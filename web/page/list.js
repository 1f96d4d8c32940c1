// The table of prefixes: one page of them, as the server sorts and finds them.

import { byID, make, mark, put } from "./element.js";
import { bytes, change, count, duration, none, percent, short } from "./text.js";
import { isFull } from "./rates.js";
import { pageSize } from "./view.js";

// Narrow tables leave out columns by their class, the least wanted first.
const columns = [
  { key: "prefix", title: "Prefix", sort: "name" },
  { key: "count", title: "IDs", sort: "count", text: (row) => count(row.count) },
  { key: "full", title: "Full", sort: "full" },
  { key: "free", title: "Free", text: (row) => (row.free == null ? none : count(row.free)) },
  { key: "claims", title: "Claims/s", sort: "claims", hint: "sort by all claims", text: (row, speed) => short(speed.claims) },
  { key: "takes", title: "Takes/s", text: (row, speed) => short(speed.takes) },
  { key: "change", title: "Change/s", text: (row, speed) => change(speed.count) },
  { key: "left", title: "Full in", text: (row, speed, left) => (isFull(row) ? "full" : row.free === 0 ? "all out" : left?.full == null ? none : duration(left.full)) },
  { key: "flight", title: "In flight", hint: "handed out with a lease and not settled", text: (row) => (row.leased ? count(row.leased) : none) },
  { key: "memory", title: "Memory", sort: "memory", text: (row) => bytes(row.memory_bytes) },
];

export class List {
  #lines = new Map(); // of the rows shown, by ID

  // opened is called with the prefix that somebody chooses.
  constructor(view, opened) {
    this.view = view;
    this.body = make("tbody");
    this.head = make("tr");
    byID("prefixes").append(make("caption", { class: "unseen" }, "Prefixes with their numbers"), make("thead", {}, this.head), this.body);
    this.headings = columns.map((column) => {
      const inner = column.sort
        ? make("button", { type: "button", title: column.hint ?? `sort by ${column.title.toLowerCase()}`, onclick: () => view.go({ sort: column.sort, offset: 0 }) }, column.title)
        : column.title;
      return this.head.appendChild(make("th", { scope: "col", class: column.key }, inner));
    });

    this.pager = byID("before").parentElement;
    this.match = byID("match");
    let typing = 0;
    this.match.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => view.go({ match: this.match.value, offset: 0 }, { replace: true }), 200);
    });
    byID("search").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(typing);
      view.go({ match: this.match.value, offset: 0 }, { replace: true });
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target.closest("input")) return;
      event.preventDefault();
      this.match.focus();
    });
    byID("before").addEventListener("click", () => view.go({ offset: Math.max(0, view.now.offset - pageSize) }));
    byID("next").addEventListener("click", () => view.go({ offset: view.now.offset + pageSize }));
    // A link like any other for who wants it in a tab of its own.
    this.body.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      const row = event.target.closest("tr");
      for (const [id, line] of this.#lines) if (line.row === row) opened(id);
      event.preventDefault();
    });
  }

  // looks tells the table what is looked at: which prefix is open, what is searched and sorted for.
  looks(now) {
    if (document.activeElement !== this.match) this.match.value = now.match;
    columns.forEach((column, i) => {
      const sorted = column.sort === now.sort;
      mark(this.headings[i], "aria-sort", sorted ? (column.sort === "name" ? "ascending" : "descending") : null);
    });
    for (const [id, line] of this.#lines) this.#point(id, line);
  }

  #point(id, line) {
    line.row.classList.toggle("open", id === this.view.now.prefix);
    mark(line.link, "aria-current", id === this.view.now.prefix ? "true" : null);
    mark(line.link, "href", this.view.addressOf(id));
  }

  show(page, rates) {
    const lines = new Map();
    for (const row of page.prefixes) {
      const line = this.#lines.get(row.id) ?? this.#make(row);
      lines.set(row.id, line);
      this.#fill(line, row, rates);
      this.#point(row.id, line);
    }
    for (const [id, line] of this.#lines) if (!lines.has(id)) line.row.remove();
    this.#lines = lines;
    // Rows that stay where they are are not moved: the one with the focus keeps it.
    let at = this.body.firstElementChild;
    for (const line of lines.values()) {
      if (line.row === at) at = at.nextElementSibling;
      else this.body.insertBefore(line.row, at);
    }
    this.#showPlace(page);
  }

  #make(row) {
    const link = make("a", { class: "name", href: "#" }, make("bdi", {}, row.name));
    const deleter = make("span", { class: "badge", title: "somebody holds its delete iterator", hidden: true }, "deleting");
    const bar = make("i");
    const share = make("span");
    const inside = { prefix: [make("span", { class: "entry" }, link, deleter)], full: [make("span", { class: "meter" }, bar), share] };
    const cells = {};
    const line = make("tr", {}, ...columns.map((column) => {
      return (cells[column.key] = make(column.key === "prefix" ? "th" : "td", { class: column.key, scope: column.key === "prefix" && "row" }, ...(inside[column.key] ?? [])));
    }));
    mark(link, "title", row.name);
    return { row: line, link, deleter, bar, share, cells };
  }

  // focus goes to a prefix, or to the list where that is not shown.
  focus(id) {
    (this.#lines.get(id)?.link ?? byID("list")).focus();
  }

  #fill(line, row, rates) {
    const [speed, left] = [rates.of(row.id), rates.timeLeft(row)];
    line.deleter.hidden = !row.deleter;
    for (const column of columns) if (column.text) put(line.cells[column.key], column.text(row, speed, left));
    put(line.share, row.max_id == null ? "no bound" : percent(row.count, row.max_id));
    line.bar.style.width = row.max_id == null ? "0" : `${(100 * row.count) / row.max_id}%`;
    line.row.classList.toggle("full-up", row.free === 0);
    line.row.classList.toggle("unbounded", row.max_id == null);
  }

  // loading says why there are no rows, while the server reads them from its log.
  loading() {
    byID("nothing").hidden = false;
    put(byID("nothing"), "The server is reading its log. Prefixes show up when it has.");
  }

  #showPlace(page) {
    const { offset, match } = this.view.now;
    const last = offset + page.prefixes.length;
    const more = page.matched > last;
    put(byID("place"), page.prefixes.length === 0 ? "" : `${count(page.offset + 1)} to ${count(last)} of ${count(page.matched)}${match ? ` found among ${count(page.total)}` : ""}${more && this.view.last ? "; search for those further down" : ""}`);
    this.pager.hidden = offset === 0 && !more;
    byID("before").disabled = offset === 0;
    byID("next").disabled = !more || this.view.last;
    const nothing = byID("nothing");
    nothing.hidden = page.prefixes.length > 0;
    if (!nothing.hidden) put(nothing, match ? "No prefix matches." : page.total ? "There are no more." : "There is no prefix yet. It shows up when a client makes one: PT.CLAIMNEXT vec:");
  }
}
