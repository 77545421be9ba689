// Drawn pictures over time, and what intake did.
import { $, h, fill, setText, table } from "./dom.js";
import { bytes, capital, count, number } from "./format.js";
import { button } from "./act.js";

export function wall(state) {
  const { rows = [], real = [], captions = [] } = state.pictures ?? {};
  if (!rows.length) return fill($("wall"), h("p", { class: "empty" }, "No pictures were drawn yet: checkpoints are drawn when they are measured."));
  const columns = Math.max(real.length, ...rows.map((row) => row.pictures.length));
  const caption = (i) => captions[i] ?? `Caption ${i + 1}`;
  const cell = (name, i, what) => h("td", {}, h("img", { src: "pictures/" + name, alt: `${what}: ${caption(i)}`, loading: "lazy", width: "128", height: "128" }));
  const step = (row) => (row.step === 0 ? "untrained" : "step " + count(row.step));
  fill($("wall"), h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Pictures by checkpoint and caption" },
    h("table", { class: "wall" },
      h("thead", {}, h("tr", {}, h("td"), Array.from({ length: columns }, (_, i) => h("th", { scope: "col" }, h("span", {}, caption(i)))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, step(row)), row.pictures.map((name, i) => cell(name, i, step(row) + ", drawn")))),
        real.length > 0 && h("tr", { class: "real" }, h("th", { scope: "row" }, "real"), real.map((name, i) => cell(name, i, "real image")))))));
}

function tile(name, value, unit) {
  return h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, h("b", {}, value), h("span", {}, unit)));
}

export function intake(state) {
  const intake = state.intake;
  fill($("intake-command"), intake?.quarantined ? button(state, "retry", {}, "small") : null);
  if (!intake) {
    setText($("intake-line"), "");
    return fill($("intake-body"), h("p", { class: "empty" }, "Nothing arrived yet: the store is opened when the run begins."));
  }
  setText($("intake-line"), intake.store);
  const arrived = intake.stored + intake.duplicates + intake.quarantined;
  const stages = intake.now?.stages ?? state.pictures?.stages ?? [];
  fill($("intake-body"),
    h("dl", { class: "tiles" }, tile("Arrived", count(arrived), "images"),
      tile("Stored", count(intake.stored), `in ${count(intake.segments)} ${intake.segments === 1 ? "segment" : "segments"}, ${bytes(intake.sizeBytes)}`),
      tile("Duplicates", count(intake.duplicates), "stored before"), tile("Quarantined", count(intake.quarantined), "can be tried again")),
    stages.length > 0 && h("div", { class: "block" }, h("h3", {}, "Stages ", h("span", { class: "badge", "data-tone": intake.now?.going ? "good" : null }, intake.now?.going ? "running" : "idle")), table(["Stage", "images", "images/s", "waiting, mean", "waiting, most", "busy"],
      stages.map((one) => [one.name, count(one.images), number(one.perSecond), number(one.queueMean), count(one.queueMax), meter(one.busyShare)]))),
    quarantine(state, intake));
}

function meter(share) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, share || 0)));
  return h("span", {}, h("span", { class: "meter", "aria-hidden": "true" }, h("i", { style: { width: percent + "%" } })), percent + " %");
}

function quarantine(state, intake) {
  if (!intake.items.length) return null;
  const reasons = Object.entries(intake.reasons).map(([rule, images]) => `${rule.replaceAll("-", " ")} ${count(images)}`).join(", ");
  return h("div", { class: "block" }, h("h3", {}, "Put aside"), h("p", { class: "soft" }, capital(reasons)),
    h("ul", { class: "quarantine" }, intake.items.map((item) => h("li", {}, thumb(state, item),
      h("div", {}, h("p", {}, h("strong", {}, capital(item.rule.replaceAll("-", " ")))), h("p", {}, item.message), h("p", { class: "soft" }, item.origin?.split("/").pop()))))));
}

function thumb(state, item) {
  if (state.who?.role !== "operator") return h("div", { class: "thumb" }, "for operators");
  const place = h("div", { class: "thumb" });
  const image = h("img", { src: "quarantine/" + item.key, alt: "", loading: "lazy", width: "72", height: "72" });
  image.addEventListener("error", () => place.replaceChildren("no picture"));
  place.append(image);
  return place;
}
