import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/**
 * Scroll an element back to `top` when it comes back into sight.
 *
 * JupyterLab takes cells out of the page while they are far off, and what comes back is scrolled to 0 without an event.
 */
export function useScrollBack(scroller: RefObject<HTMLElement | null>, top: Signal<number>): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const seen = new IntersectionObserver(() => {
      element.scrollTop = top.peek();
    });
    seen.observe(element);
    return () => seen.disconnect();
  }, []);
}

/** Keep the chosen option of a list in sight, without moving the notebook around the list. */
export function useChosenInSight(list: RefObject<HTMLElement | null>, ...changes: unknown[]): void {
  useEffect(() => {
    const option = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
    if (!list.current || !option) return;
    const { top, bottom } = option.getBoundingClientRect();
    const frame = list.current.getBoundingClientRect();
    if (top < frame.top) list.current.scrollTop += top - frame.top;
    else if (bottom > frame.bottom) list.current.scrollTop += bottom - frame.bottom;
  }, changes);
}
