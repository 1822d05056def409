import { expect, test } from "vitest";
import { drawMap, type MapSpec } from "../src/maps";

const spec: MapSpec = {
  map: {
    latitude: [45.5, 48.9],
    longitude: [-73.6, 2.3],
    rows: [3, 1],
    flagged: 1,
    tracks: [],
    all: [-80, 40, 10, 50],
    most: null,
    note: "",
  },
  height: 240,
  params: [],
};

test("a map says that places can be clicked where somebody listens, and only there", () => {
  const el = document.body.appendChild(document.createElement("div"));
  const { view } = drawMap(el, spec);
  expect(el.textContent).not.toContain("Click a place");
  view.addEventListener("click", () => {});
  expect(el.textContent).toContain("Click a place, or drag over several.");
});
