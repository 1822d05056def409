import type { SwarmFeature } from "./messages";

/** Numbers packed as float32 in base64. */
export function unpacked(packed: string): Float32Array {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** The contributions of a feature with its values, ready to draw. */
export interface Column {
  place: number;
  name: string;
  contributions: Float32Array;
  values: Float32Array;
  categories: string[] | null;
  temporal: boolean;
}

export function columnOf({ contributions, values, ...rest }: SwarmFeature): Column {
  return { ...rest, contributions: unpacked(contributions), values: unpacked(values) };
}

/** A value of a column in words. */
export function valueText({ categories, temporal }: Column, value: number): string {
  if (Number.isNaN(value)) return "missing";
  if (categories) return categories[value] ?? "";
  if (temporal) return new Date(value).toISOString().slice(0, 10);
  return numberText(value);
}

/** A number to four digits, with a true minus sign. */
export function numberText(value: number): string {
  const rounded = Number(value.toPrecision(4));
  const text =
    Math.abs(rounded) >= 1e9 || (rounded !== 0 && Math.abs(rounded) < 1e-3)
      ? rounded.toExponential()
      : rounded.toLocaleString("en-US", {
          maximumFractionDigits: 6,
          useGrouping: Math.abs(rounded) >= 10_000,
        });
  return text.replace(/^-/, "−");
}
