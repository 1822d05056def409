import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { VegaRuntime } from "../vega-runtime";
import type { Narrowing } from "./messages";
import type { Synced } from "./synced";
import type { ViewState } from "./view-state";

export interface Scan {
  synced: Synced;
  state: ViewState;
}

/** Provided once, around the whole view. */
export const ScanContext = createContext(null as unknown as Scan);

export const useScan = (): Scan => useContext(ScanContext);

/** What evidence asks of the view it stands in. */
export interface Narrowable {
  narrowing: Signal<Narrowing | null>;
  narrow(narrowing: Narrowing | null): void;
  exported: boolean;
  vega(): Promise<VegaRuntime>;
}

export const EvidenceContext = createContext(null as unknown as Narrowable);
