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
