import embed from "vega-embed";

/** What `host.getWidget(reference)` of the runtime widget exports: Vega, once for the whole notebook. */
export interface VegaRuntime {
  embed: typeof embed;
}

export default {
  initialize(): VegaRuntime {
    return { embed };
  },
};
