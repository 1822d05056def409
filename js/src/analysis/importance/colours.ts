import type { Column } from "./packed";

/** The low and the high end of values, and categories in their order. */
const LOW = [74, 126, 196];
const MIDDLE = [158, 118, 178];
const HIGH = [215, 66, 96];
const CATEGORIES = ["#4a7ec4", "#d7763f", "#3f9a6b", "#a866b8", "#c2506c", "#8a8033"];
export const MISSING = "#868b93";

/** The colour of a share from 0 (low) to 1 (high). */
export function shade(share: number): string {
  const [from, to, part] = share < 0.5 ? [LOW, MIDDLE, share * 2] : [MIDDLE, HIGH, share * 2 - 1];
  return `rgb(${from.map((one, i) => Math.round(one + ((to[i] ?? 0) - one) * part)).join(" ")})`;
}

/** The colour of each row by its value: numbers by their rank, categories by name, grey for what is missing. */
export function coloursOf({ values, categories }: Column): string[] {
  if (categories) return Array.from(values, (value) => categoryColour(value));
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const last = Math.max(1, sorted.length - 1);
  return Array.from(values, (value) => {
    if (Number.isNaN(value)) return MISSING;
    const share = (firstAt(sorted, value) + lastAt(sorted, value)) / 2 / last;
    return shade(Math.round(Math.min(1, share) * 20) / 20);
  });
}

/** The colour of a category by its place; grey beyond the most frequent. */
export function categoryColour(place: number): string {
  return CATEGORIES[place] ?? MISSING;
}

/** How many categories have a colour of their own. */
export const COLOURED = CATEGORIES.length;

function firstAt(sorted: Float32Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function lastAt(sorted: Float32Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) <= value) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}
