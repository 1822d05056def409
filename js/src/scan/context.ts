import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Synced } from "./synced";
import type { ViewState } from "./view-state";

export interface Scan {
  synced: Synced;
  state: ViewState;
}

/** Provided once, around the whole view. */
export const ScanContext = createContext(null as unknown as Scan);

export const useScan = (): Scan => useContext(ScanContext);
