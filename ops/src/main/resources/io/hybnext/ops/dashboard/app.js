// Keeps the page's state up to date by server-sent events, and has the sections drawn that changed.
import { $, setText } from "./dom.js";
import * as sections from "./sections.js";
import * as pictures from "./pictures.js";
import * as charts from "./charts.js";

const state = { steps: { names: [], rows: [] }, who: null };
let source = null;

const DRAWN_BY = [
  [["run"], () => sections.head(state)],
  [["run", "actions", "who"], () => sections.commands(state)],
  [["run", "health", "troubles"], () => sections.health(state)],
  [["run", "steps", "checkpoints", "intake"], () => sections.tiles(state)],
  [["run", "members", "health", "status", "actions", "who"], () => sections.cluster(state)],
  [["steps", "pictures", "checkpoints"], () => charts.draw(state.steps, heldOut())],
  [["pictures"], () => pictures.wall(state)],
  [["intake", "pictures", "actions", "who"], () => pictures.intake(state)],
  [["run", "checkpoints", "actions", "who"], () => sections.checkpoints(state)],
  [["events", "audit"], () => sections.timeline(state)],
];

function heldOut() {
  const measured = state.pictures?.evaluations ?? [];
  const judged = (state.checkpoints?.published ?? []).filter((one) => one.gate && Number.isFinite(one.gate.nll)).map((one) => ({ step: one.step, nll: one.gate.nll }));
  return measured.length ? measured : judged;
}

function drawChanged(names) {
  for (const [parts, draw] of DRAWN_BY) if (parts.some((part) => names.has(part))) draw();
}

function take(change) {
  const changed = new Set(Object.keys(change.sections ?? {}));
  Object.assign(state, change.sections);
  if (change.steps) {
    state.steps.names = change.steps.names;
    state.steps.rows.length = change.steps.from;
    state.steps.rows.push(...change.steps.rows);
    changed.add("steps");
  }
  drawChanged(changed);
}

function link(kind, text) {
  $("link").dataset.state = kind;
  setText($("link"), text);
}

function listen() {
  source?.close();
  source = new EventSource("api/events");
  source.onopen = () => link("live", "live");
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = async () => {
    link("lost", "connection lost");
    if (source.readyState === EventSource.CLOSED) {
      source.close();
      setTimeout(begin, 3000);
    }
  };
}

async function begin() {
  try {
    const answer = await fetch("api/session");
    if (answer.status === 401) return signIn();
    if (!answer.ok) throw new Error(String(answer.status));
    state.who = await answer.json();
    $("leave").hidden = !state.who.asks;
    drawChanged(new Set(["who"]));
    listen();
  } catch {
    link("lost", "connection lost");
    setTimeout(begin, 3000);
  }
}

function signIn() {
  link("waiting", "signed out");
  const dialog = $("login");
  if (!dialog.open) dialog.showModal();
  $("token").focus();
}

$("login").addEventListener("cancel", (event) => event.preventDefault());
$("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("api/session", { method: "POST", headers: { Authorization: "Bearer " + $("token").value.trim() } }).catch(() => null);
  if (answer?.ok) {
    $("token").value = "";
    setText($("login-wrong"), "");
    $("login").close();
    begin();
  } else {
    const told = await answer?.json().catch(() => null);
    setText($("login-wrong"), told?.message ?? "The server cannot be reached.");
    $("token").select();
  }
});
$("leave").addEventListener("click", async () => {
  source?.close();
  await fetch("api/session", { method: "DELETE" }).catch(() => null);
  location.reload();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { charts.forget(); drawChanged(new Set(["steps"])); });
const spy = new IntersectionObserver((seen) => {
  const top = seen.filter((one) => one.isIntersecting).at(0);
  if (top) document.querySelectorAll("nav a").forEach((anchor) => anchor.toggleAttribute("aria-current", anchor.hash === "#" + top.target.id));
}, { rootMargin: "-130px 0px -65% 0px" });
document.querySelectorAll("main > section").forEach((section) => spy.observe(section));
setInterval(() => drawChanged(new Set(["run"])), 10000); // times ago
begin();
