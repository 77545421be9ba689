// Reads values off a chart under the pointer; the page is complete without it.
for (const svg of document.querySelectorAll("svg[data-plot]")) {
  const series = JSON.parse(svg.dataset.plot);
  const box = document.createElement("div");
  box.className = "readout";
  box.hidden = true;
  svg.parentElement.append(box);
  const cursor = document.createElementNS(svg.namespaceURI, "line");
  cursor.setAttribute("class", "cursor");
  cursor.setAttribute("y1", 14);
  cursor.setAttribute("y2", 210);
  const hide = () => { box.hidden = true; cursor.remove(); };
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointermove", (event) => {
    const frame = svg.getBoundingClientRect();
    const x = (event.clientX - frame.left) * 560 / frame.width;
    const near = series.filter((line) => line.points.length).map((line) => ({
      name: line.name,
      point: line.points.reduce((a, b) => (Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a)),
    }));
    if (!near.length) return hide();
    const at = near[0].point[0];
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
    svg.append(cursor);
    box.textContent = "step " + near[0].point[3] + ": " + near.map((line) =>
      (near.length > 1 ? line.name + " " : "") + line.point[2]
      + (line.point[3] !== near[0].point[3] ? " (step " + line.point[3] + ")" : "")).join(", ");
    box.hidden = false;
  });
}
