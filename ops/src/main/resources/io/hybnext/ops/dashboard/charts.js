// Curves of the steps, drawn by Chart.js in the colours of the page.
import { $, h, setText } from "./dom.js";
import { number, count, millis } from "./format.js";

const SHOWN = 600; // points a line; more are thinned to means of neighbours
const PLOTS = [
  { id: "nll", title: "Next-token loss", unit: "nats a token", lines: [["training", "nll", 1]], dots: ["held-out", "nll", 2] },
  { id: "gva", title: "Alignment loss", unit: "1 − cosine", lines: [["training", "gva", 1]], dots: ["held-out", "gva", 2], optional: true },
  { id: "zloss", title: "z-loss", unit: "before its weight", lines: [["training", "zLoss", 1]], optional: true },
  { id: "speed", title: "Throughput", unit: "tokens a second, all trainers", lines: [["tokens a second", "tokensPerSecond", 3]], zero: true },
  { id: "time", title: "Time of a step", unit: "ms, first trainer", lines: [["compute", "computeMs", 1], ["exchange", "exchangeMs", 2], ["waiting for data", "dataWaitMs", 4]], zero: true, optional: true, format: millis },
  { id: "norm", title: "Gradient norm", unit: "L2, before clipping", lines: [["norm", "gradientNorm", 1]], zero: true },
  { id: "rate", title: "Learning rate", unit: "AdamW", lines: [["learning rate", "learningRate", 4]], exact: true, zero: true },
];

const charts = new Map();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function thinned(points) {
  const group = Math.ceil(points.length / SHOWN);
  if (group <= 1) return points;
  const out = [];
  for (let i = 0; i < points.length; i += group) {
    const part = points.slice(i, i + group);
    out.push({ x: part[part.length - 1].x, y: part.reduce((sum, p) => sum + p.y, 0) / part.length });
  }
  return out;
}

function smoothed(points) {
  const reach = Math.floor(points.length / 30);
  if (reach < 1) return points;
  const sums = [0];
  points.forEach((p, i) => sums.push(sums[i] + p.y));
  return points.map((p, i) => {
    const before = Math.min(reach, i), end = Math.min(points.length, i + before + 1);
    return { x: p.x, y: (sums[end] - sums[i - before]) / (end - i + before) };
  });
}

function dataset(label, points, key, faint) {
  const base = colour("--c" + key);
  return { label, data: points, borderColor: faint ? base + "55" : base, backgroundColor: base, borderWidth: faint ? 1 : 2,
    pointRadius: 0, pointHitRadius: 0, tension: 0, faint };
}

function options(plot) {
  const soft = colour("--soft"), rule = colour("--rule");
  const tick = { color: soft, font: { size: 11.5 }, maxTicksLimit: 6, includeBounds: false };
  return {
    animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
    interaction: { mode: "nearest", axis: "x", intersect: false },
    scales: {
      x: { type: "linear", grid: { display: false }, border: { color: rule }, ticks: { ...tick, callback: (v) => count(v) },
        title: { display: true, text: "step", color: soft, align: "end", font: { size: 11 }, padding: 0 } },
      y: { beginAtZero: Boolean(plot.zero), grid: { color: rule }, border: { display: false }, ticks: { ...tick, callback: (v) => (plot.format ?? number)(v) } },
    },
    plugins: {
      legend: { display: false },
      tooltip: { filter: (item) => !item.dataset.faint, displayColors: false, callbacks: {
        title: (items) => (items.length ? "step " + count(items[0].parsed.x) : ""),
        label: (item) => item.dataset.label + ": " + (plot.format ?? number)(item.parsed.y) } },
    },
  };
}

function figure(plot, measured) {
  const keys = [...plot.lines.map(([name, , key]) => [name, key]), ...(measured ? [[plot.dots[0], plot.dots[2]]] : [])];
  const now = h("span", { class: "now" });
  const canvas = h("canvas", { role: "img", "aria-label": plot.title });
  const legend = keys.length > 1 && h("span", { class: "legend" }, keys.map(([name, key]) => h("span", { class: "k" + key }, name)));
  const element = h("figure", { "data-plot": plot.id },
    h("figcaption", {}, h("strong", {}, plot.title), h("span", { class: "soft" }, plot.unit), now, legend),
    h("div", { class: "plot" }, canvas));
  return { element, canvas, now };
}

function points(steps, column) {
  const at = steps.names.indexOf(column);
  return at < 0 ? [] : steps.rows.filter((row) => row[at] !== null).map((row) => ({ x: row[0], y: row[at] }));
}

export function draw(steps, heldOut) {
  const empty = $("charts").querySelector(".empty");
  if (!steps.rows.length) {
    if (!empty) $("charts").append(h("p", { class: "empty" }, "No step is done yet. Curves appear with the first one."));
    return;
  }
  empty?.remove();
  for (const plot of PLOTS) {
    const lines = plot.lines.map(([name, column, key]) => ({ name, key, points: points(steps, column) }));
    const used = lines.some((line) => line.points.some((p) => p.y !== 0));
    if (plot.optional && !used) continue;
    const dots = plot.dots ? (heldOut ?? []).filter((row) => Number.isFinite(row[plot.dots[1]])).map((row) => ({ x: row.step, y: row[plot.dots[1]] })) : [];
    update(plot, lines, dots);
  }
}

function update(plot, lines, dots) {
  const measured = dots.length > 0;
  if (charts.has(plot.id) && charts.get(plot.id).measured !== measured) {
    charts.get(plot.id).chart.destroy();
    charts.get(plot.id).element.remove();
    charts.delete(plot.id);
  }
  if (!charts.has(plot.id)) {
    const made = Object.assign(figure(plot, measured), { measured });
    const order = PLOTS.map((p) => p.id);
    const after = [...$("charts").children].find((child) => order.indexOf(child.dataset.plot) > order.indexOf(plot.id));
    $("charts").insertBefore(made.element, after ?? null);
    made.chart = new window.Chart(made.canvas, { type: "line", data: { datasets: [] }, options: options(plot) });
    charts.set(plot.id, made);
  }
  const made = charts.get(plot.id);
  const datasets = [];
  for (const line of lines) {
    const thin = thinned(line.points);
    if (!plot.exact) datasets.push(dataset(line.name, thin, line.key, true));
    datasets.push(dataset(line.name, plot.exact ? thin : smoothed(thin), line.key, false));
  }
  if (dots.length) datasets.push({ ...dataset(plot.dots[0], dots, plot.dots[2], false), pointRadius: 4, pointHitRadius: 6, borderWidth: 1.5, clip: 8 });
  made.chart.data.datasets = datasets;
  made.chart.options.scales.x.max = Math.max(...lines.map((line) => line.points.at(-1)?.x ?? 0), ...dots.map((dot) => dot.x));
  made.chart.update("none");
  const last = lines.map((line) => line.points.at(-1)?.y).filter((y) => y !== undefined);
  const text = lines.length === 1 && last.length ? (plot.format ?? number)(last[0]) : "";
  setText(made.now, text);
  const spoken = lines.filter((line) => line.points.length).map((line) => `${line.name} from ${number(line.points[0].y)} to ${number(line.points.at(-1).y)}`);
  made.canvas.setAttribute("aria-label", [plot.title + ", " + plot.unit, ...spoken].join("; "));
}

// Colours are the page's: after a change between dark and light all is drawn anew.
export function forget() {
  for (const made of charts.values()) { made.chart.destroy(); made.element.remove(); }
  charts.clear();
}
