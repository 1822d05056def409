import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { attempt } from "./attempt";

interface KeptInputProps {
  label: string;
  /** What is kept. */
  value: string;
  placeholder?: string;
  title?: string;
  class?: string;
  /** Keep a text; where that is refused, the reason is shown. */
  onKeep: (text: string) => Promise<unknown>;
}

/** A line of text that is kept at once: Enter or leaving the field keeps it, Escape takes back what was typed. */
export function KeptInput(props: KeptInputProps) {
  const { label, value, placeholder, title, onKeep } = props;
  const typed = useSignal(value);
  const kept = useRef(value);
  const said = useSignal("");
  const refused = useSignal("");
  // Another view of the same scan may have changed it; what is being typed here stays.
  useEffect(() => {
    if (typed.value === kept.current) typed.value = value;
    kept.current = value;
  }, [value]);
  const save = async () => {
    const text = typed.value.trim();
    if (text === kept.current || said.value === "Saving…") return;
    said.value = "Saving…";
    const saved = await attempt(onKeep(text), refused);
    if (saved) kept.current = text;
    said.value = saved ? "Saved" : "";
  };
  return (
    <>
      <input
        type="text"
        class={`mq-input ${props.class ?? ""}`}
        aria-label={label}
        placeholder={placeholder}
        title={title}
        aria-invalid={refused.value !== ""}
        value={typed.value}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
          said.value = "";
          refused.value = "";
        }}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            void save();
          } else if (event.key === "Escape" && typed.value !== kept.current) {
            event.preventDefault();
            event.stopPropagation();
            typed.value = kept.current;
            refused.value = "";
          }
        }}
      />
      <span class={refused.value ? "mq-failure" : "mq-quiet"} role="status">
        {refused.value || said.value}
      </span>
    </>
  );
}
