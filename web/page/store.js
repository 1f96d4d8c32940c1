// The store beside the server: whether it is followed, and how its keys and the IDs agree. The panel is there
// only where there is something to say.

import { byID, make, nameOf, put } from "./element.js";
import { Table } from "./tables.js";
import { clock, count, duration, none, percent } from "./text.js";

const kinds = { stale: "stale", missing: "missing", unparsable: "no key of an ID" };

export class Store {
  constructor() {
    this.panel = byID("store");
    this.where = nameOf("");
    this.facts = make("dl", { id: "store-facts", class: "facts" });
    const [syncs, keys] = [make("table", { id: "syncs" }), make("table", { id: "sync-keys" })];
    this.table = new Table(syncs, "The last syncs", [
      { title: "Prefix", name: (j) => j.prefix },
      { title: "Sync", name: what },
      { title: "Done", share: (j) => j.progress, text: (j) => (j.state === "running" ? percent(j.progress, 1) : j.state) },
      { title: "Result", name: result },
      { title: "Stale", text: (j) => compared(j, j.stale) },
      { title: "Missing", text: (j) => compared(j, j.missing) },
      { title: "No keys of IDs", text: (j) => count(j.unparsable) },
      { title: "Keys", text: (j) => count(j.scanned) },
      { title: "Took", text: (j) => duration(j.seconds) },
    ], "There was no sync yet.");
    this.keys = new Table(keys, "Examples of keys that differ", [
      { title: "Prefix", name: (k) => k.prefix },
      { title: "Kind", name: (k) => k.kind },
      { title: "Key", name: (k) => k.key },
    ], "");
    const scrolled = (label, table) => make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);
    this.examples = make("details", { class: "numbers", hidden: true }, make("summary", {}, "Examples of keys"), scrolled("Examples of keys", keys));
    this.panel.append(
      make("div", { class: "panel-head" }, make("h2", { id: "store-title" }, "Store"), make("p", { class: "dim" }, this.where)),
      this.facts, scrolled("The last syncs", syncs), this.examples);
  }

  show(answer) {
    const { store, jobs } = answer;
    this.panel.hidden = !store && jobs.length === 0;
    if (this.panel.hidden) return;
    put(this.where, store || jobs[0].store);
    this.#say(facts(answer));
    this.table.show(jobs);
    const keys = examples(jobs);
    this.examples.hidden = keys.length === 0;
    this.keys.show(keys);
  }

  // say writes the facts; only a text that differs is written.
  #say(facts) {
    if (this.facts.children.length !== facts.length) this.facts.replaceChildren(...facts.map(() => make("div", {}, make("dt"), make("dd"))));
    facts.forEach(([name, text], i) => {
      const [dt, dd] = this.facts.children[i].children;
      put(dt, name);
      put(dd, text);
    });
  }
}

export const isHeard = ({ primaries, connected }) => connected > 0 && connected >= primaries;

function facts({ waiting, follow }) {
  const list = waiting ? [["Clients wait", waiting]] : [];
  if (!follow.on) return [...list, ["Followed", "no"]];
  const doubt = follow.doubtful + follow.deferred;
  return [...list,
    ["Followed", `${isHeard(follow) ? "yes" : "not all of it"}: ${count(follow.connected)} of ${count(follow.primaries)} ${follow.primaries === 1 ? "primary" : "primaries"} heard`],
    ["Lag", follow.lag_seconds < 1 ? `${Math.round(1000 * follow.lag_seconds)} ms` : duration(follow.lag_seconds)],
    ["Events", `${count(follow.events)}, ${count(follow.applied)} IDs changed`],
    ["Dropped", count(follow.dropped)],
    ["Gaps", `${count(follow.gaps)}${follow.catching_up ? ", catching up" : ""}`],
    ["IDs in doubt", count(doubt)],
  ];
}

const compared = (j, n) => (j.mode === "load" || j.state !== "done" ? none : count(n));
const what = (j) => `${j.mode}${j.dry_run ? ", dry run" : ""} at ${clock(j.began_at)}`;

// result is what a sync has come to, in words.
export function result(j) {
  if (j.state === "running") return j.phase || "begins";
  if (j.state === "failed") return `failed: ${j.error}`;
  const unknown = j.unknown ? `; unknown: ${j.unknown}` : "";
  if (j.state === "stopped") return `stopped${unknown}`;
  const differ = j.stale + j.missing;
  if (j.mode === "load") return `${count(j.added)} ${j.dry_run ? "would be added" : "added"}${unknown}`;
  if (!differ) return `${unknown ? "agrees as far as is known" : "agrees"}${unknown}`;
  if (j.mode === "verify" || j.dry_run) return `${count(j.stale)} stale, ${count(j.missing)} missing${unknown}`;
  return `${count(j.repaired)} put right${j.left ? `, ${count(j.left)} left` : ""}${unknown}`;
}

// examples are those of the last sync of each prefix that has some.
function examples(jobs) {
  const [keys, seen] = [[], new Set()];
  for (const j of jobs) {
    if (j.state === "running" || seen.has(j.id)) continue;
    seen.add(j.id);
    for (const [kind, title] of Object.entries(kinds)) keys.push(...j[`${kind}_keys`].map((key) => ({ prefix: j.prefix, kind: title, key })));
  }
  return keys;
}
