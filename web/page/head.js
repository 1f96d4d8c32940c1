// The title bar and the figures of the server.

import { byID, make, mark, put } from "./element.js";
import { bytes, change, count, duration, percent, short } from "./text.js";
import { Spark } from "./spark.js";

const smoothed = 5; // seconds

export class Head {
  #answer = null;
  #connection = "connecting";
  #states = []; // of the last seconds

  constructor() {
    const figures = byID("figures");
    this.figure = (title, ...extra) => {
      const [value, note] = [make("b"), make("span", { class: "dim" })];
      figures.append(make("div", { class: "figure" }, make("h2", {}, title), value, note, ...extra));
      return { value, note };
    };
    this.spark = new Spark();
    this.commands = this.figure("Commands/s", this.spark.element);
    this.ids = this.figure("IDs");
    this.clients = this.figure("Clients");
    this.memoryBar = make("i");
    this.memory = this.figure("Memory", make("span", { class: "meter wide" }, this.memoryBar));
    this.journal = this.figure("Log");
    this.process = this.figure("Processor");
  }

  connection(how) {
    this.#connection = how;
    document.documentElement.classList.toggle("cut-off", how === "lost");
    this.#showCondition();
  }

  show(state) {
    this.#answer = state;
    const speed = this.#speed(state);
    this.#showCondition();
    put(byID("about"), `${state.version} · up ${duration(state.uptime_seconds)}`);

    const { traffic, keyspace, clients, memory, journal, cpu, loading } = state;
    const write = (figure, value, note) => {
      put(figure.value, value);
      put(figure.note, note);
    };
    write(this.commands, short(traffic.commands_per_second), `${bytes(traffic.bytes_in_per_second)}/s in, ${bytes(traffic.bytes_out_per_second)}/s out`);
    this.spark.add(traffic.commands_per_second);
    write(this.ids, count(keyspace.ids), `in ${count(keyspace.prefixes)} ${keyspace.prefixes === 1 ? "prefix" : "prefixes"}${speed.ids ? `, ${change(speed.ids)}/s` : ""}`);
    write(this.clients, count(clients.connected), `of ${count(clients.max)}${also([[clients.tracking, "tracking"], [clients.monitoring, "monitoring"], [clients.waiting_for_log, "waiting for the log"]])}`);
    write(this.memory, bytes(memory.trackers), memory.limit ? `of ${bytes(memory.limit)}; process ${bytes(memory.resident)}` : `no limit; process ${bytes(memory.resident)}`);
    this.memoryBar.style.width = memory.limit ? percent(memory.trackers, memory.limit).replace(/[<> ]/g, "") : "0";
    write(this.journal, journal.enabled ? bytes(journal.bytes) : "off", journalText(journal));
    write(this.process, speed.cpu == null ? "–" : `${(100 * speed.cpu).toFixed(speed.cpu < 0.0995 ? 1 : 0)} %`, `of a core; ${count(cpu.loops)} event ${cpu.loops === 1 ? "loop" : "loops"}`);
    if (loading.active) write(this.ids, percent(loading.read, loading.total), `loaded of ${bytes(loading.total)}`);
  }

  // speed is how fast things have gone of late; nothing after the first answer of a server.
  #speed(state) {
    const last = this.#states.at(-1);
    if (last?.run_id !== state.run_id || state.now < last.now) this.#states = []; // another server, or a clock that was put back
    this.#states.push(state);
    while (state.now - this.#states[0].now > smoothed) this.#states.shift();
    const [first] = this.#states;
    const time = state.now - first.now;
    if (time <= 0) return {};
    return { ids: (state.keyspace.ids - first.keyspace.ids) / time, cpu: (state.cpu.seconds - first.cpu.seconds) / time };
  }

  #showCondition() {
    const [word, kind, reason] = this.#condition();
    const pill = byID("condition");
    put(pill, word);
    mark(pill, "data-kind", kind);
    const trouble = byID("trouble");
    trouble.hidden = !reason;
    put(trouble, reason ?? "");
  }

  #condition() {
    if (this.#connection === "lost") return ["disconnected", "bad", "No answer from the server. The figures are the last it gave; the page keeps trying."];
    const state = this.#answer;
    if (!state) return ["connecting", "wait", null];
    if (state.ready) return ["ready", "good", null];
    const [word] = (state.reason || "not ready").split(":");
    const kind = /^(loading|syncing)/.test(word) ? "wait" : "bad";
    return [word, kind, state.reason];
  }
}

const also = (parts) => parts.filter(([n]) => n > 0).map(([n, what]) => `, ${count(n)} ${what}`).join("");

function journalText(journal) {
  if (!journal.enabled) return "nothing outlives the process";
  if (journal.refusing) return "refuses changes";
  if (journal.rewriting) return "writing a new base";
  if (journal.backup) return "writing a backup";
  return journal.unsynced_bytes ? `${bytes(journal.unsynced_bytes)} not synced yet` : "all synced";
}
