// Puts the page together: what is looked at makes the question, the answers fill the panels.

import { Detail } from "./detail.js";
import { Feed } from "./feed.js";
import { Head } from "./head.js";
import { List } from "./list.js";
import { News } from "./news.js";
import { Trail, clip, cut, round, same } from "./ranges.js";
import { Rates } from "./rates.js";
import { Store } from "./store.js";
import { StoreNews } from "./storenews.js";
import { Clients, Commands } from "./tables.js";
import { percent } from "./text.js";
import { View, pageSize } from "./view.js";

const clientsShown = 12;
const behindAll = 2 ** 48; // no ID of any prefix is as large

const view = new View(look);
const [head, news, rates] = [new Head(), new News(), new Rates()];
const [clients, commands] = [new Clients(), new Commands()];
const [store, storeNews] = [new Store(), new StoreNews(news)];
const list = new List(view, open);
const detail = new Detail({ wanted: enter, closed: close });
const feed = new Feed("api/v1/stream", told);

let trail = null; // of the open prefix; null until its extent is known
let now = 0; // the server's time in the last answer
let before = null; // the state before

// question is what the stream is asked for.
function question() {
  const { prefix, match, sort, offset } = view.now;
  const parts = [`match=${encodeURIComponent(match)}`, `sort=${sort}`, `offset=${offset}`, `limit=${pageSize}`, "clients=1", "sync=1"];
  if (prefix) {
    parts.push(`prefix=${prefix}`, "leases=1", "cursors=1");
    const range = trail?.here;
    // Without a known extent the server shows all of it, which tells where it ends.
    parts.push(range ? `min=${range.min}&max=${range.max}&cells=${cut(range, detail.map.most)}` : `cells=${detail.map.most}`);
  }
  return parts.join("&");
}

let shown = null;

// look is called whenever the view has changed.
function look() {
  const { prefix, min, max } = view.now;
  list.looks(view.now);
  detail.open(prefix);
  document.body.classList.toggle("opened", prefix != null);
  if (prefix !== shown) {
    [shown, trail] = [prefix, null];
    if (!prefix) document.title = "Prefix Tracker";
  }
  if (trail) {
    const range = min == null ? trail.whole : clip({ min, max }, trail.whole);
    if (!same(range, trail.here)) {
      trail.enter(range);
      detail.map.waiting();
    }
  }
  feed.look(question());
}

// open shows a prefix that was chosen from the list.
function open(prefix) {
  view.go({ prefix });
  detail.focus();
}

// close leaves the list alone, with the focus where it came from.
function close() {
  const { prefix } = view.now;
  view.go({ prefix: null });
  list.focus(prefix);
}

// enter goes to a range of the open prefix; null goes back. The range may be of a map, or of a way in, that
// was drawn before the prefix was made anew with a smaller bound.
function enter(range) {
  if (!trail) return;
  if (range) trail.enter(clip(range, trail.whole));
  else if (trail.ranges.length > 1) trail.back();
  else return;
  const { here, whole } = trail;
  detail.map.waiting();
  view.go(same(here, whole) ? { min: null, max: null } : { min: here.min, max: here.max });
}

function told(name, answer) {
  if (name === "connection") {
    head.connection(answer);
    news.connection(answer);
    return;
  }
  if (answer.now) now = answer.now;
  ({ state: onState, prefixes: onPrefixes, map: onMap, clients: onClients, leases: onLeases, cursors: onCursors, sync: onSync, gone: onGone })[name](answer);
}

function onState(state) {
  if (before && before.run_id !== state.run_id) {
    rates.clear();
    storeNews.clear();
  }
  before = state;
  head.show(state);
  news.state(state);
  commands.show(state.commands, state.now);
}

function onPrefixes(page) {
  if (before?.loading.active) {
    list.loading();
    return;
  }
  rates.note(now, page.prefixes);
  news.prefixes(page, `${view.now.match}|${view.now.sort}|${view.now.offset}`);
  list.show(page, rates);
  const { chosen, prefix } = view.now;
  // A visitor who has said nothing sees the first prefix: a map says more than a list.
  if (!chosen && page.prefixes.length) view.go({ prefix: page.prefixes[0].id }, { replace: true });
  const row = page.prefixes.find((row) => row.id === prefix);
  if (row) onRow(row);
}

function onRow(row) {
  detail.showRow(row, rates);
  document.title = `${row.name} ${row.max_id == null ? "" : percent(row.count, row.max_id)} – Prefix Tracker`;
}

function onMap(map) {
  rates.note(now, [map.row]);
  news.row(map.row);
  onRow(map.row);
  const all = whole(map);
  if (!trail || outgrown(map, all)) {
    trail = new Trail(all);
    if (view.now.min != null) trail.enter(clip(view.now, trail.whole));
    if (feed.look(question())) return; // the range is to be cut otherwise
  }
  detail.showMap(map, trail);
}

// whole is all there is of a prefix. What has no bound gets room to grow, so that cells stay what they are.
function whole({ row, extent, cells }) {
  const end = row.max_id ?? Math.min(round(1.2 * Math.max(extent, cells.length)), behindAll);
  return { min: 0, max: end };
}

// outgrown tells whether what is shown as all of a prefix is that no longer: it has grown to the end, or was made anew.
const outgrown = ({ row, extent }, all) =>
  row.max_id == null ? extent > 0.98 * trail.whole.max && trail.whole.max < behindAll : all.max !== trail.whole.max;

function onClients(answer) {
  clients.show({ ...answer, clients: answer.clients.slice(0, clientsShown) }, now);
}

const onLeases = (answer) => detail.coordination.showLeases(answer);
const onCursors = (answer) => detail.coordination.showCursors(answer);

function onSync(answer) {
  store.show(answer);
  storeNews.show(answer);
}

function onGone({ prefix }) {
  trail = null;
  detail.showGone(prefix);
}

look();
