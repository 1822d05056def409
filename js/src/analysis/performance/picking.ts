import { signal } from "@preact/signals";
import { attempt } from "../../components/attempt";
import type { Linked } from "../linked";
import type { PerformanceView } from "./messages";

/** Chooses parts of the pictures: their rows are selected in every view. */
export class Picking {
  /** Why the last part could not be chosen. */
  readonly refused = signal("");
  readonly #last = signal({ part: "", label: "" });

  constructor(readonly linked: Linked<PerformanceView>) {}

  /** Whether the rows selected are those of a part. */
  holds(part: string): boolean {
    const { source, label, rows } = this.linked.selection.value;
    const last = this.#last.value;
    return rows > 0 && source === "performance" && last.part === part && last.label === label;
  }

  /** A part of a picture to choose: `PartRequest` in the messages. */
  part(question: { of: string; output?: number; came?: boolean; place: number }) {
    const asked = { output: 0, came: null, ...question };
    const part = JSON.stringify(asked);
    return { picked: this.holds(part), onPick: () => this.pick(part, "part", asked) };
  }

  /** Select the rows of a part; choosing it again selects nothing. */
  pick(part: string, type: string, question: Record<string, unknown>): void {
    const asked = this.holds(part)
      ? this.linked.clear()
      : this.linked.ask<string>(type, question).then((label) => {
          this.#last.value = { part, label };
        });
    void attempt(asked, this.refused);
  }
}
