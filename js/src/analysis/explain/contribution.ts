/** A contribution to three digits, with its sign. */
export function signed(value: number): string {
  const text = String(Number(value.toPrecision(3)));
  return value > 0 ? `+${text}` : text.replace("-", "−");
}
