import type { AnyModel, AnyWidget, Experimental, Host, ResolvedWidget } from "@anywidget/types";

/** The traits of a widget, by name. */
export type State = Record<string, unknown>;

/** Answers the view's custom messages in place of Python. */
export type SendHook = (content: unknown, reply: (content: unknown, buffers?: DataView[]) => void) => void;

export interface MountOptions {
  /** Widget modules that `host.getWidget(reference)` can reach, by reference: the Vega runtime. */
  widgets?: Record<string, AnyWidget>;
  /** Called with what the view sends; without it messages go nowhere, as in a page with no kernel. */
  send?: SendHook;
}

export interface Mounted {
  model: AnyModel;
  unmount(): void;
}

type Listener = (...args: unknown[]) => void;

/** Everything of the anywidget model that a page without a kernel can honour. */
export function kernellessModel(state: State, send?: SendHook): AnyModel {
  const listeners = new Map<string, Set<Listener>>();
  const emit = (event: string, ...args: unknown[]) => {
    for (const listener of [...(listeners.get(event) ?? [])]) listener(...args);
  };
  const model = {
    get: (name: string) => state[name],
    set(name: string, value: unknown) {
      if (Object.is(state[name], value)) return;
      state[name] = value;
      emit(`change:${name}`, model, value);
      emit("change", model);
    },
    save_changes() {},
    send(content: unknown) {
      send?.(content, (answer, buffers = []) => emit("msg:custom", answer, buffers));
    },
    on(event: string, listener: Listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
    },
    off(event?: string | null, listener?: Listener | null) {
      if (!event) listeners.clear();
      else if (!listener) listeners.delete(event);
      else listeners.get(event)?.delete(listener);
    },
    widget_manager: null,
  };
  return model as unknown as AnyModel;
}

const experimental: Experimental = {
  invoke: () => Promise.reject(new Error("There is no kernel to invoke a command of.")),
};

/** Mount a widget module on a plain page: exported reports, and the fast browser tests. */
export async function mount(
  widget: AnyWidget,
  state: State,
  el: HTMLElement,
  { widgets = {}, send }: MountOptions = {},
): Promise<Mounted> {
  const controller = new AbortController();
  const { signal } = controller;

  const resolved = new Map<string, Promise<ResolvedWidget>>();
  const resolve = async (reference: string): Promise<ResolvedWidget> => {
    const module = widgets[reference];
    if (!module) throw new Error(`This page carries no widget "${reference}".`);
    const definition = typeof module === "function" ? await module() : module;
    const model = kernellessModel({});
    const exports = await definition.initialize?.({ model, signal, experimental });
    return {
      exports: typeof exports === "function" ? undefined : exports,
      render: async (target) => {
        await definition.render?.({ model, host, experimental, signal, ...target });
      },
    };
  };
  const host = {
    getWidget(reference: string) {
      const widget = resolved.get(reference) ?? resolve(reference);
      resolved.set(reference, widget);
      return widget;
    },
    getModel: (reference: string) => Promise.reject(new Error(`This page carries no model "${reference}".`)),
  } as Host;

  const model = kernellessModel(state, send);
  const definition = typeof widget === "function" ? await widget() : widget;
  const cleanups = [
    await definition.initialize?.({ model, signal, experimental }),
    await definition.render?.({ model, el, signal, host, experimental }),
  ];
  return {
    model,
    unmount() {
      controller.abort();
      for (const cleanup of cleanups) if (typeof cleanup === "function") void cleanup();
    },
  };
}
