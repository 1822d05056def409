/**
 * Hide the static view saved beside a live one until `abort`.
 *
 * A style rule rather than `element.hidden`: it also covers second copies and outputs drawn again later.
 */
export function hideStaticView(uid: string, abort: AbortSignal): void {
  const rule = document.createElement("style");
  rule.textContent = `[data-mlqa-for="${CSS.escape(uid)}"] { display: none }`;
  document.head.append(rule);
  abort.addEventListener("abort", () => rule.remove());
}
