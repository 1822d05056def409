/** A figure with a true minus sign. */
export function minus(text: string): string {
  return text.replace(/^-/, "−");
}

/** A contribution to three digits, with its sign. */
export function signed(value: number): string {
  const small = value !== 0 && Math.abs(value) < 0.001;
  const text = small ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return value > 0 ? `+${text}` : minus(text);
}
