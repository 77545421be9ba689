// Numbers and times for people: three significant digits, a unit with each.
const DASH = "–";

export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  if (size === 0) return "0";
  return size >= 0.01 ? value.toFixed(3) : value.toExponential(1).replace("e-", "e−");
}

export const count = (value) => (Number.isFinite(value) ? Math.round(value).toLocaleString("en-US") : DASH);

export function bytes(value) {
  if (!Number.isFinite(value)) return DASH;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return number(value) + " " + units[unit];
}

export function millis(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  return value >= 1000 ? number(value / 1000) + " s" : number(value) + " ms";
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return DASH;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return whole + " s";
  if (whole < 7200) return Math.floor(whole / 60) + " min";
  if (whole < 172800) return Math.floor(whole / 3600) + " h " + (Math.floor(whole / 60) % 60) + " min";
  return Math.floor(whole / 86400) + " d " + (Math.floor(whole / 3600) % 24) + " h";
}

export function ago(time, now = Date.now()) {
  const seconds = (now - Date.parse(time)) / 1000;
  return Number.isFinite(seconds) ? (seconds < 5 ? "just now" : duration(seconds) + " ago") : DASH;
}

export function clock(time) {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? DASH : at.toLocaleTimeString("en-GB");
}

export const capital = (text) => (text ? text[0].toUpperCase() + text.slice(1) : text);
