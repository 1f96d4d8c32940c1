// What the visitor looks at, which is what stands after the # of the address: a link can be shared.

export const pageSize = 50;
const reach = 10_000; // the server lists no further
const longestPrefix = 512; // bytes
const longestMatch = 170; // characters, which are not more than the 512 bytes that the server takes

const initial = { prefix: null, min: null, max: null, match: "", sort: "count", offset: 0 };
const sorts = ["count", "name", "memory", "claims", "full"];

// written is a prefix as the server writes it: bytes, which need be no UTF-8, percent-encoded but for
// letters, digits and -._~. So it is compared and handed back; nothing ever decodes it.
function written(value) {
  let text = "";
  let length = 0;
  for (const [part] of value.matchAll(/%[0-9a-f]{2}|[^%]+|%/gi)) {
    const bytes = /^%../.test(part) ? [parseInt(part.slice(1), 16)] : new TextEncoder().encode(part);
    length += bytes.length;
    for (const byte of bytes) {
      const letter = String.fromCharCode(byte);
      text += /[\w.~-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    }
  }
  return length <= longestPrefix && text ? text : null;
}

function parse(hash) {
  const view = { ...initial, chosen: false };
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    const [key, value] = [part.slice(0, at), part.slice(at + 1)];
    if (at < 0) continue;
    const n = /^\d{1,15}$/.test(value) ? Number(value) : null;
    if (key === "prefix") [view.prefix, view.chosen] = [written(value), true] // an empty one: none is to open by itself;
    else if ((key === "min" || key === "max") && n != null) view[key] = n;
    else if (key === "match") view.match = decode(value).slice(0, longestMatch);
    else if (key === "sort" && sorts.includes(value)) view.sort = value;
    else if (key === "offset" && n != null) view.offset = Math.min(n - (n % pageSize), reach - pageSize);
  }
  if (view.min == null || view.max == null || view.min >= view.max) [view.min, view.max] = [null, null];
  return view;
}

function decode(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function write(view) {
  const parts = [];
  if (view.chosen) parts.push(`prefix=${view.prefix ?? ""}`);
  if (view.min != null) parts.push(`min=${view.min}`, `max=${view.max}`);
  if (view.match) parts.push(`match=${encodeURIComponent(view.match)}`);
  if (view.sort !== initial.sort) parts.push(`sort=${view.sort}`);
  if (view.offset) parts.push(`offset=${view.offset}`);
  return `#${parts.join("&")}`;
}

export class View {
  constructor(changed) {
    this.now = parse(location.hash);
    this.changed = changed;
    addEventListener("hashchange", () => {
      if (location.hash === "#list") return; // the link that skips to the list
      this.now = parse(location.hash);
      this.changed();
    });
  }

  // go changes the view, as an entry of the browser's history, or in place of the present one.
  go(difference, { replace = false } = {}) {
    const next = { ...this.now, ...difference };
    if ("prefix" in difference) next.chosen = true;
    if (next.prefix !== this.now.prefix && !("min" in difference)) [next.min, next.max] = [null, null];
    const hash = write(next);
    if (hash === write(this.now)) return;
    this.now = next;
    history[replace ? "replaceState" : "pushState"](null, "", hash);
    this.changed();
  }

  // addressOf is where a prefix opens, for a link.
  addressOf(prefix) {
    return write({ ...this.now, prefix, chosen: true, min: null, max: null });
  }

  get last() {
    return this.now.offset + 2 * pageSize > reach;
  }
}
