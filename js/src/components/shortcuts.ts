/** Press the control of a view that has this key; whatever has one says so to those who do not see the page. */
export function pressShortcut(event: KeyboardEvent, root: HTMLElement): boolean {
  if (event.defaultPrevented || event.target instanceof HTMLSelectElement) return false;
  const found = root.querySelector<HTMLElement>(`[aria-keyshortcuts~="${CSS.escape(event.key)}"]`);
  if (found instanceof HTMLInputElement && found.type === "text") found.focus();
  else found?.click();
  return found !== null;
}
