import embed from "vega-embed";
import { drawMap, isMap } from "./maps";

/** What `host.getWidget(reference)` of the runtime widget exports: Vega and maps, once for the whole notebook. */
export interface VegaRuntime {
  embed: typeof embed;
}

/** Charts are drawn by Vega, places on a map by ourselves: it would bend a box of degrees. */
const draw = ((element: HTMLElement, spec: unknown, options: never) =>
  isMap(spec)
    ? Promise.resolve(drawMap(element, spec))
    : embed(element, spec as never, options)) as typeof embed;

export default {
  initialize(): VegaRuntime {
    return { embed: draw };
  },
};
