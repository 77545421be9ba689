// Builds elements from data. Text is set as text, never as markup.
export const $ = (id) => document.getElementById(id);

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "style") Object.assign(element.style, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Replaces an element's children; whoever uses the keyboard keeps their place.
export function fill(element, ...children) {
  const active = document.activeElement;
  const key = element.contains(active) ? active.dataset.key : undefined;
  const [top, left] = [element.scrollTop, element.scrollLeft];
  element.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  [element.scrollTop, element.scrollLeft] = [top, left];
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function table(heads, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": heads[0] + " table" },
    h("table", { class: "figures" },
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) =>
        i === 0 ? h("th", { scope: "row" }, cell) : cell?.nodeName === "TD" ? cell : h("td", {}, cell ?? "–")))))));
}
