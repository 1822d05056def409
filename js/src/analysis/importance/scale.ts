/** Where on the screen a number stands. */
export interface Scale {
  (value: number): number;
  low: number;
  high: number;
  /** The number that stands at a place. */
  at(place: number): number;
}

/** A straight scale from two numbers to two places. */
export function scale(low: number, high: number, from: number, to: number): Scale {
  const span = high - low || 1;
  const place = (value: number) => from + ((value - low) / span) * (to - from);
  return Object.assign(place, {
    low,
    high,
    at: (pixel: number) => low + ((pixel - from) / (to - from || 1)) * span,
  });
}

/** Round numbers between two ends, about so many. */
export function ticks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(1, about);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((one) => one * power >= rough) ?? 10);
  const found: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) {
    found.push(Number((at * step).toPrecision(12)));
  }
  return found;
}
