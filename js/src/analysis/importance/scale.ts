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
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.min(2 * about + 2, Math.floor(high / step + 1e-9) - first + 1);
  return Array.from({ length: Math.max(0, count) }, (_, turn) =>
    Number(((first + turn) * step).toPrecision(12)),
  );
}
