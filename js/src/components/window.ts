/** Browsers cap the height of an element near 33 million pixels; well below it rows are placed in proportion. */
const TALLEST = 12_000_000;
const OVERSCAN = 6;

/** The rows to draw of a long list, and the space to leave above and below them. */
export interface Window {
  first: number;
  /** Exclusive. */
  last: number;
  above: number;
  below: number;
}

/** The height of a list on the scrollbar. */
export function listHeight(total: number, row: number): number {
  return Math.min(total * row, TALLEST);
}

/** The first row in sight. */
function firstInSight(scrollTop: number, sight: number, total: number, row: number): number {
  const height = listHeight(total, row);
  if (height === total * row) return Math.floor(scrollTop / row);
  return Math.round((scrollTop / (height - sight)) * (total - sight / row));
}

/**
 * The rows to draw when a list of `total` rows of `row` pixels is scrolled to `scrollTop` and `sight` pixels of it
 * can be seen.
 */
export function windowOf(scrollTop: number, sight: number, total: number, row: number): Window {
  const height = listHeight(total, row);
  const top = Math.min(Math.max(0, scrollTop), Math.max(0, height - sight));
  const seen = firstInSight(top, sight, total, row);
  const first = Math.max(0, seen - OVERSCAN);
  const last = Math.min(total, seen + Math.ceil(sight / row) + OVERSCAN);
  const above = height === total * row ? first * row : Math.max(0, top - (seen - first) * row);
  return { first, last, above, below: Math.max(0, height - above - (last - first) * row) };
}

/** Where to scroll so that row `index` is in sight, moving as little as possible. */
export function scrollTo(
  index: number,
  scrollTop: number,
  sight: number,
  total: number,
  row: number,
): number {
  const height = listHeight(total, row);
  if (height === total * row) return Math.max(Math.min(scrollTop, index * row), (index + 1) * row - sight);
  const seen = firstInSight(scrollTop, sight, total, row);
  const fits = Math.floor(sight / row);
  const wanted = Math.max(Math.min(seen, index), index - fits + 1);
  return wanted === seen ? scrollTop : (wanted / (total - sight / row)) * (height - sight);
}
