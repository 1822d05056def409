import { useSignal } from "@preact/signals";
import { Button } from "../../components/button";
import { Section } from "../../components/section";
import { Answered } from "./answered";
import type { Asked } from "./asked";
import type { LightView } from "./messages";

const SIGNS = { ok: "✓", caution: "!", warning: "✕" };
const LEVELS = { ok: "fine", caution: "caution", warning: "warning" };

/** Whether the explanation can be trusted: one light for each reason, opened for its figure. */
export function Trust({ asked }: { asked: Asked<LightView[]> }) {
  const open = useSignal<string | null>(null);
  return (
    <Section title="Can this be trusted?">
      <Answered asked={asked}>
        {(lights) => {
          const shown = lights.find(({ id }) => id === open.value);
          return (
            <>
              <div class="mq-lights">
                {lights.map(({ id, label, level, figure }) => (
                  <Button
                    key={id}
                    class="mq-light"
                    data-level={level}
                    aria-expanded={id === open.value}
                    title={figure}
                    onClick={() => {
                      open.value = id === open.value ? null : id;
                    }}
                  >
                    <span aria-hidden="true">{SIGNS[level]}</span> {label}: {LEVELS[level]}
                  </Button>
                ))}
              </div>
              {lights
                .filter(({ level, id }) => level !== "ok" && id !== open.value)
                .map(({ id, label, figure }) => (
                  <p key={id} class="mq-small">
                    {label}: {figure}.
                  </p>
                ))}
              {shown && (
                <p class="mq-banner">
                  <span>
                    <strong>{shown.label}:</strong> {shown.figure}. {shown.meaning}{" "}
                    <span class="mq-small">{shown.thresholds}</span>
                  </span>
                </p>
              )}
            </>
          );
        }}
      </Answered>
    </Section>
  );
}
