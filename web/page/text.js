// Numbers as people read them.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

export const none = "–";

export const count = (n) => (n == null ? none : whole.format(n));

// inFlight goes on behind what exists and is free, where some is neither.
export const inFlight = (n) => (n ? `, ${count(n)} in flight` : "");

// short is a number in the room of six characters: 1,234 or 12.3 k or 4.56 G.
export function short(n) {
  if (n == null || Number.isNaN(n)) return none;
  const size = Math.abs(n);
  if (size < 0.05) return "0";
  if (size < 9.95 && !Number.isInteger(n)) return n.toFixed(1);
  if (size < 99_950) return whole.format(n);
  for (const [unit, letter] of [[1e3, "k"], [1e6, "M"], [1e9, "G"], [1e12, "T"]]) {
    if (size < unit * 999.5 || letter === "T") {
      const shown = n / unit;
      return `${shown.toFixed(Math.abs(shown) < 99.95 ? 1 : 0)} ${letter}`;
    }
  }
}

export const change = (n) => (n == null || Number.isNaN(n) ? none : (n >= 0.05 ? "+" : n <= -0.05 ? "−" : "") + short(Math.abs(n)));

export function bytes(n) {
  if (n == null) return none;
  let unit = 0;
  for (; n >= 1023.5 && unit < 5; unit++) n /= 1024;
  return `${unit === 0 ? whole.format(n) : signed.format(Number(n.toPrecision(3)))} ${["B", "KiB", "MiB", "GiB", "TiB", "PiB"][unit]}`;
}

// percent says 100 only of what is full and 0 only of what is empty.
export function percent(part, all) {
  if (part == null || !all) return none;
  if (part === 0 || part >= all) return part === 0 ? "0 %" : "100 %";
  const share = (100 * part) / all;
  if (share < 0.01) return "<0.01 %";
  if (share > 99.99) return ">99.99 %";
  const decimals = share < 10 || share > 99 ? 2 : 1;
  return `${(Math.floor(share * 10 ** decimals) / 10 ** decimals).toFixed(decimals)} %`;
}

export function duration(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return none;
  if (seconds < 1) return seconds <= 0 ? "0 s" : "<1 s";
  const s = Math.round(seconds);
  const parts = [[Math.floor(s / 86400), "d"], [Math.floor(s / 3600) % 24, "h"], [Math.floor(s / 60) % 60, "min"], [s % 60, "s"]];
  if (parts[0][0] > 999) return ">999 d";
  const first = parts.findIndex(([n]) => n > 0);
  return parts.slice(first, first + 2).filter(([n], i) => i === 0 || n > 0).map(([n, unit]) => `${n} ${unit}`).join(" ");
}

export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB");

const dayAndTime = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const day = (seconds) => dayAndTime.format(seconds * 1000);
