import type { Signal } from "@preact/signals";

/** Wait for an answer; where there is none, put the reason where it is shown and say so. */
export async function attempt(asked: Promise<unknown>, refused: Signal<string>): Promise<boolean> {
  refused.value = "";
  try {
    await asked;
    return true;
  } catch (reason) {
    refused.value = (reason as Error).message;
    return false;
  }
}
