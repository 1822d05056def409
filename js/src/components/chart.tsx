import { useEffect, useRef, useState } from "preact/hooks";
import type { Result } from "vega-embed";
import { isDark, onThemeChange, vegaConfig } from "../theme";
import type { VegaRuntime } from "../vega-runtime";

type Spec = Record<string, unknown>;

interface ChartProps {
  /** A Vega-Lite specification whose point selection `pick` selects on the field `item`. */
  spec: Spec;
  title: string;
  vega: () => Promise<VegaRuntime>;
  /** The item that is picked. */
  picked: number | null;
  /** Of a map, with the box that was dragged over it: west, south, east, north; the item is then -1. */
  onPick: ((item: number | null, area?: number[]) => void) | undefined;
}

/** A Vega-Lite chart in the host's colours; drawn again when they or the width change. */
export function Chart({ spec, title, vega, picked, onPick }: ChartProps) {
  const target = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState("");
  const drawn = useRef<Result | null>(null);
  const now = useRef({ picked, onPick });
  now.current = { picked, onPick };

  const draw = async (isCurrent: () => boolean) => {
    const element = target.current;
    if (!element) return;
    let runtime: VegaRuntime;
    try {
      runtime = await vega();
    } catch {
      if (isCurrent()) setFailure("Charts cannot be drawn here: the chart runtime is missing.");
      return;
    }
    if (!isCurrent()) return;
    try {
      const result = await runtime.embed(element, withPick(spec, now.current.picked) as never, {
        actions: false,
        renderer: "svg",
        config: vegaConfig(element) as never,
        tooltip: { theme: isDark(element) ? "dark" : "light" },
      });
      drawn.current?.finalize();
      drawn.current = result;
      if (!isCurrent()) return;
      if (onPick) {
        result.view.addEventListener("click", (_event, mark) => {
          const item: unknown = mark?.datum?.item ?? mark?.datum?.datum?.item;
          const { picked, onPick } = now.current;
          if (typeof item === "number")
            onPick?.(item === picked && item >= 0 ? null : item, mark?.datum?.area);
          else if (picked !== null) onPick?.(null);
        });
      }
      setFailure("");
    } catch (reason) {
      setFailure(`The chart could not be drawn: ${(reason as Error).message}`);
    }
  };

  useEffect(() => {
    const abort = new AbortController();
    const isCurrent = () => !abort.signal.aborted;
    let width = target.current?.clientWidth ?? 0;
    let timer: ReturnType<typeof setTimeout>;
    void draw(isCurrent);
    onThemeChange(() => void draw(isCurrent), abort.signal);
    const resized = new ResizeObserver(() => {
      const next = target.current?.clientWidth ?? 0;
      if (Math.abs(next - width) < 2) return;
      width = next;
      clearTimeout(timer);
      timer = setTimeout(() => void draw(isCurrent), 100);
    });
    if (target.current) resized.observe(target.current);
    return () => {
      abort.abort();
      clearTimeout(timer);
      resized.disconnect();
      drawn.current?.finalize();
      drawn.current = null;
    };
  }, [spec]);

  useEffect(() => {
    // A click has already moved the chart's own selection; the list, the chip and Python have not.
    const view = drawn.current?.view;
    if (!view) return undefined;
    let current = true;
    void view.runAsync().then(() => {
      if (current && pickedIn(view) !== picked) void draw(() => current);
    });
    return () => {
      current = false;
    };
  }, [picked]);

  return (
    <>
      {failure && <p class="mq-quiet">{failure}</p>}
      <div
        class="mq-chart"
        role="img"
        aria-label={title}
        style={{ minHeight: Number(spec.height) + 44 }}
        ref={target}
        hidden={failure !== ""}
      />
    </>
  );
}

function pickedIn(view: Result["view"]): number | null {
  try {
    const pick = view.signal("pick") as { item?: number[] };
    return pick.item?.[0] ?? null;
  } catch {
    return null;
  }
}

/** The specification with `pick` set from the start. */
function withPick(spec: Spec, item: number | null): Spec {
  const params = (spec.params ?? []) as { name: string }[];
  const value = item === null ? undefined : [{ item }];
  return { ...spec, params: params.map((param) => (param.name === "pick" ? { ...param, value } : param)) };
}
