// The sections of the page but curves and pictures: each takes the state and fills its place.
import { $, h, fill, setText, table } from "./dom.js";
import { ago, bytes, capital, clock, count, duration, millis, number } from "./format.js";
import { button } from "./act.js";

const PHASES = {
  new: ["not begun", "idle"], starting: ["starting", "warning"], training: ["training", "good"], paused: ["paused", "warning"],
  stopping: ["stopping", "warning"], completed: ["completed", "good"], stopped: ["stopped", "idle"], failed: ["failed", "bad"],
};
const OVER = ["completed", "stopped", "failed"];
const TONES = { "in work": "good", waiting: "warning", starting: "warning", silent: "warning", lost: "bad", "given up": "bad", left: "idle", ended: "idle", leaving: "warning" };
const QUIET_MS = 120000;

export const isOver = (state) => OVER.includes(state.run?.phase);

export function head(state) {
  const run = state.run;
  if (!run) return;
  setText($("run-name"), run.name);
  document.title = `${run.name} · ${run.phase} · Hybnext`;
  const [word, tone] = PHASES[run.phase] ?? [run.phase, "idle"];
  setText($("phase"), word);
  $("phase").dataset.tone = tone;
  const done = run.steps ? Math.min(1, run.step / run.steps) : 0;
  setText($("run-line"), run.steps ? `step ${count(run.step)} of ${count(run.steps)} (${Math.floor(100 * done)} %)` : run.folder);
  $("run-line").title = run.folder;
  $("progress").firstElementChild.style.width = 100 * done + "%";
  $("progress").setAttribute("aria-valuenow", String(Math.floor(100 * done)));
}

export function commands(state) {
  const shown = isOver(state) ? [] : ["pause", "resume", "checkpoint"];
  const paused = state.run?.phase === "paused";
  fill($("commands"), shown.filter((name) => name !== (paused ? "pause" : "resume")).map((name) => button(state, name)));
}

export function health(state) {
  const findings = [...(state.health ?? [])];
  for (const [part, why] of Object.entries(state.troubles ?? {})) {
    findings.push({ actor: "dashboard", state: "degraded", cause: part, sentence: `The ${part} cannot be read: ${why}.`, action: "It is tried again twice a second.", since: "" });
  }
  const run = state.run ?? {};
  const quiet = Date.now() - Date.parse(run.updatedAt);
  if (!isOver(state) && run.phase !== "new" && run.phase !== "paused" && quiet > Math.max(QUIET_MS, 20000 * (run.secondsPerStep || 0))) {
    findings.push({ actor: "run", state: "failed", cause: "silent", sentence: `Nothing was written to the journal for ${duration(quiet / 1000)}.`,
      action: "Look whether the training process is alive; the same train command goes on from the newest state.", since: run.updatedAt });
  }
  if (findings.length) return fill($("health"), findings.map(finding));
  if (run.phase === "failed") return fill($("health"), finding({ actor: "run", state: "failed", cause: "ended", sentence: run.reason, action: "", since: run.updatedAt }));
  if (isOver(state)) return fill($("health"), h("p", { class: "well calm" }, h("span", { class: "mark", "aria-hidden": "true" }, "■"), capital(run.reason || "the run is over")));
  fill($("health"), h("p", { class: "well" }, h("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    run.phase === "new" ? "Nothing runs here yet" : "All is well"));
}

function finding(one) {
  return h("div", { class: "finding", "data-tone": one.state === "failed" ? "bad" : "warning" },
    h("span", { class: "mark", "aria-hidden": "true" }, "!"),
    h("div", {}, h("h3", {}, `${one.actor}: ${String(one.cause).replaceAll("-", " ")}`), h("p", {}, one.sentence),
      one.action && h("p", { class: "next" }, one.action), one.since && h("p", { class: "soft" }, "since " + clock(one.since))));
}

function tile(name, value, unit) {
  return h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, h("b", {}, value), h("span", {}, unit)));
}

export function tiles(state) {
  const run = state.run ?? {};
  const steps = state.steps;
  const last = (column) => steps.rows.at(-1)?.[steps.names.indexOf(column)];
  const newest = state.checkpoints?.published?.at(-1);
  const left = (run.steps - run.step) * run.secondsPerStep;
  const gva = last("gva");
  fill($("tiles"),
    tile("Training loss", number(mean(steps, "nll")), "NLL, nats a token"),
    gva ? tile("Alignment loss", number(mean(steps, "gva")), "GVA, 1 − cosine") : null,
    tile("Speed", count(last("tokensPerSecond")), "tokens a second"),
    tile("Step", run.secondsPerStep ? millis(1000 * run.secondsPerStep) : "–", last("exchangeMs") ? millis(last("exchangeMs")) + " of it exchange" : "pace lately"),
    isOver(state) ? tile("Took", duration((Date.parse(run.updatedAt) - Date.parse(run.startedAt)) / 1000), "first to last line")
      : tile("To go", left > 0 ? duration(left) : "–", left > 0 ? "ends about " + clock(Date.now() + 1000 * left) : "told after some steps"),
    tile("Checkpoint", newest ? "step " + count(newest.step) : "none", newest ? ago(newest.time) + (newest.seconds === null ? "" : ", written in " + millis(1000 * newest.seconds)) : "yet"),
    tile("Images", count(run.items || state.intake?.stored || 0), "trained on"));
}

// Mean over the last lines, as a single step says little.
function mean(steps, column) {
  const at = steps.names.indexOf(column);
  const values = steps.rows.slice(-20).map((row) => row[at]).filter(Number.isFinite);
  return values.length ? values.reduce((a, b) => a + b, 0) / values.length : NaN;
}

export function cluster(state) {
  const members = state.members ?? [];
  const live = new Map((isOver(state) ? [] : state.status?.members ?? []).map((member) => [member.trainer, member]));
  const working = members.filter((member) => member.state === "in work").length;
  const generation = state.run?.generation ? `generation ${state.run.generation}` : "";
  setText($("cluster-line"), members.length ? [`${working} of ${members.length} trainers in work`, generation].filter(Boolean).join(", ") : "");
  if (!members.length) return fill($("members"), h("li", { class: "empty" }, "No trainer was started yet."));
  const rank = (member) => (member.rank < 0 ? 1e6 : member.rank);
  fill($("members"), coordinator(state), [...members].sort((a, b) => rank(a) - rank(b)).map((member) => card(state, member, live.get(member.name))));
}

function coordinator(state) {
  const run = state.run ?? {};
  const over = isOver(state);
  const tone = over ? "idle" : (state.health ?? []).some((one) => one.actor === "coordinator") ? "bad" : run.coordinator ? "good" : "warning";
  return h("li", { class: "member", "data-tone": tone },
    h("div", { class: "top" }, h("h3", {}, "coordinator"), h("span", { class: "chip", "data-tone": over ? "idle" : tone }, over ? "ended" : run.coordinator ? "leads" : "starting")),
    h("dl", {}, h("dt", {}, "trainers join at"), h("dd", {}, run.coordinator || "–"), h("dt", {}, "last news"), h("dd", {}, ago(state.status?.at && !over ? state.status.at : run.updatedAt)),
      state.status?.process && !over ? [h("dt", {}, "process"), h("dd", {}, String(state.status.process))] : null),
    actors(state, "coordinator", ["coordinator", "journal", "checkpoint store", "media driver"], over, over ? [] : state.status?.actors ?? []));
}

// Those that tell what they do (told) are named with it when they are at something.
function actors(state, member, always, over, told = []) {
  const names = [...new Set([...always, ...told.map((one) => one.actor)])];
  const doing = new Map(told.filter((one) => one.doing !== "is idle" && one.doingMs >= 2000).map((one) => [one.actor, `: ${one.doing}, ${duration(one.doingMs / 1000)}`]));
  const bad = new Map((state.health ?? []).map((one) => [one.actor, one.state === "failed" ? "bad" : "warning"]));
  const tone = (name) => (over ? "idle" : bad.get(name) ?? bad.get(`${member}/${name}`) ?? "good");
  return h("ul", { class: "actors", "aria-label": "actors" }, names.map((name) => h("li", { "data-tone": tone(name) }, name + (doing.get(name) ?? ""))));
}

function card(state, member, live) {
  const found = (state.health ?? []).find((one) => one.actor === member.name);
  const tone = found ? (found.state === "failed" ? "bad" : "warning") : TONES[member.state] ?? "idle";
  const gone = tone === "idle" || ["lost", "given up"].includes(member.state);
  const facts = [
    ["rank", member.rank >= 0 ? String(member.rank) : "–"],
    ["microshards a step", member.microshards || "–"],
    ["where", member.detail.replace(/,? ?process \d+/, "") || "–"],
    ["process", member.pid || "–"],
    ["since", clock(member.since)],
  ];
  const vitals = live?.vitals;
  if (vitals && !gone) {
    const waits = vitals.waitsFor?.length ? `, waits for ${vitals.waitsFor.join(", ")}` : "";
    facts.push(["does", String(vitals.doing).toLowerCase().replaceAll("_", " ") + waits]);
    if (live.tokensPerSecond > 0) facts.push(["speed", `${count(live.tokensPerSecond)} tokens/s`]);
    if (vitals.memory?.residentBytes > 0) facts.push(["memory", bytes(vitals.memory.residentBytes)]);
    if (vitals.device?.totalBytes > 0) facts.push([vitals.device.name, `${bytes(vitals.device.usedBytes)} of ${bytes(vitals.device.totalBytes)}`]);
    facts.push(["told", millis(live.toldMs) + " ago"]);
  }
  return h("li", { class: "member", "data-tone": tone, "data-member": member.name },
    h("div", { class: "top" }, h("h3", {}, member.name), h("span", { class: "chip", "data-tone": tone }, found && !gone ? String(found.cause).replaceAll("-", " ") : member.state)),
    h("dl", {}, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])),
    live && !gone && times(live),
    actors(state, member.name, ["trainer", "gradient exchange", "batch streams"], gone),
    !gone && !isOver(state) && h("div", {}, button(state, "drain", { trainer: member.name }, "small")),
    ["left", "given up"].includes(member.state) && !isOver(state) && h("div", {}, button(state, "recall", { trainer: member.name }, "small")));
}

// Where a member's step goes: a bar, and the same in words.
function times(live) {
  const parts = [["compute", live.computeMs], ["exchange", live.exchangeMs], ["data", live.dataWaitMs]];
  const whole = parts.reduce((sum, [, ms]) => sum + (ms || 0), 0);
  if (!whole) return null;
  return h("div", {}, h("div", { class: "share", "aria-hidden": "true" }, parts.map(([, ms]) => h("i", { style: { width: (100 * (ms || 0)) / whole + "%" } }))),
    h("p", { class: "soft" }, parts.map(([name, ms]) => `${name} ${millis(ms)}`).join(", ")));
}

export function checkpoints(state) {
  const { published = [], kept = [], current = "" } = state.checkpoints ?? {};
  setText($("checkpoints-line"), published.length ? `${kept.length} kept on disk` : "");
  if (!published.length) return fill($("checkpoints-body"), h("p", { class: "empty" }, "No checkpoint was published yet."));
  const name = (one) => one.folder.split("/").pop();
  const newest = published.filter((one) => kept.includes(name(one))).at(-1);
  const judged = published.some((one) => one.gate);
  const rows = [...published].reverse().map((one) => {
    const there = kept.includes(name(one));
    const isCurrent = current ? name(one) === current : one === newest;
    const badge = isCurrent ? h("span", { class: "badge", "data-tone": "good" }, "current") : !there && h("span", { class: "badge" }, "deleted");
    return [h("span", {}, count(one.step), badge), clock(one.time), bytes(one.sizeBytes), millis(one.seconds === null ? null : 1000 * one.seconds),
      ...(judged ? [gate(one.gate)] : []), h("span", {}, h("code", {}, name(one))),
      there && !isCurrent ? button(state, "rollback", { checkpoint: name(one) }, "small") : ""];
  });
  fill($("checkpoints-body"), table(["Step", "published", "size", "written in", ...(judged ? ["gate"] : []), "folder", ""], rows));
}

function gate(line) {
  if (!line) return "–";
  const passed = line.passed ?? line.accepted ?? line.outcome === "passed";
  const figures = ["nll", "kid", "forgetting"].filter((name) => Number.isFinite(line[name])).map((name) => `${name.toUpperCase()} ${number(line[name])}`);
  return h("span", { title: line.reason ?? line.sentence ?? "" }, figures.join(", "), h("span", { class: "badge", "data-tone": passed ? "good" : "bad" }, passed ? "passed" : "refused"));
}

export function timeline(state) {
  const events = state.events ?? [];
  fill($("timeline"), events.length ? events.map((one) => h("li", { "data-tone": one.tone }, h("time", { datetime: one.time, title: one.time }, clock(one.time)), h("p", {}, one.sentence)))
    : h("li", { class: "empty" }, "Nothing happened yet."));
  const audit = state.audit ?? [];
  fill($("audit"), audit.length ? audit.map((one) => h("li", { "data-tone": one.outcome === "refused" ? "warning" : "plain" },
    h("time", { datetime: one.time, title: one.time }, clock(one.time)),
    h("p", {}, h("strong", {}, one.who), ` asked for ${one.action}`, one.about && ` (${one.about})`, ": ", one.sentence || "under way")))
    : h("li", { class: "empty" }, "Nobody acted on this run yet."));
}
