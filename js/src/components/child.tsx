import type { Host } from "@anywidget/types";
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure } from "./failure";

/** Another widget, drawn in here for as long as it is shown; give it its reference as `key`. */
export function Child({ reference, host }: { reference: string; host: Host }) {
  const target = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    const shown = new AbortController();
    const show = async () => {
      const widget = await host.getWidget(reference);
      if (target.current && !shown.signal.aborted) {
        await widget.render({ el: target.current, signal: shown.signal });
      }
    };
    show().catch((reason: Error) => setFailure(`This view cannot be shown: ${reason.message}`));
    return () => shown.abort();
  }, [reference]);
  return (
    <>
      <Failure reason={failure} />
      <div class="mq-child" ref={target} />
    </>
  );
}
