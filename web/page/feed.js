// The stream of answers. It is open while somebody looks: a hidden tab has none.

const silence = 15_000; // the server says something each second; a lid that was shut ends a connection unseen
const longestPause = 5_000;

export class Feed {
  #query = "";
  #source = null;
  #timer = 0;
  #watch = 0;
  #pause = 0;
  #settle = 0;

  // told is called with the name of each event and what it says, and with "connection" and one
  // of live, lost, paused.
  constructor(address, told) {
    this.address = address;
    this.told = told;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#rest() : this.#open()));
    addEventListener("pagehide", () => this.#close());
  }

  // look asks for another view, and tells whether it is another. From then on no answer to the one before is
  // told. Views that follow each other closely, as a wheel makes them, become one.
  look(query) {
    if (query === this.#query) return false;
    this.#query = query;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#open(), this.#source ? 60 : 0);
    return true;
  }

  #open() {
    this.#close();
    if (document.hidden || !this.#query) return;
    const query = this.#query;
    const source = new EventSource(`${this.address}?${query}`);
    this.#source = source;
    for (const name of ["state", "prefixes", "map", "clients", "leases", "cursors", "sync", "gone"]) {
      source.addEventListener(name, (event) => {
        if (source !== this.#source || query !== this.#query) return;
        this.#pause = 0;
        this.#listen();
        this.told("connection", "live");
        this.told(name, JSON.parse(event.data));
      });
    }
    source.addEventListener("error", () => source === this.#source && this.#lost());
    this.#listen();
  }

  #listen() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(), silence);
  }

  // The browser tries again only after some errors, so the page does after all of them.
  #lost() {
    this.#close();
    this.told("connection", "lost");
    this.#pause = Math.min(this.#pause ? 2 * this.#pause : 500, longestPause);
    this.#timer = setTimeout(() => this.#open(), this.#pause);
  }

  #rest() {
    this.#close();
    this.told("connection", "paused");
  }

  #close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    clearTimeout(this.#settle);
    this.#source?.close();
    this.#source = null;
  }
}
