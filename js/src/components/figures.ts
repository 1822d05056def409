/** Figures in words, as `mlqa_widgets/wording.py` writes them. */

export function integer(value: number): string {
  return value.toLocaleString("en-US");
}

export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${integer(value)} ${value === 1 ? noun : plural}`;
}

/** A percentage that never rounds something to nothing, nor a part to the whole. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share > 0.999 && share < 1) return "> 99.9 %";
  return `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;
}

export function seconds(value: number): string {
  if (value < 0.095) return `${Math.max(1, Math.round(value * 1000))} ms`;
  return value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}
