interface PickerProps {
  /** What the choice is about, for those who do not see the list. */
  label: string;
  /** The entry for no choice. */
  none: string;
  /** The value chosen; empty for none. */
  value: string;
  choices: [value: string, text: string][];
  onPick: (value: string) => void;
}

/** A list to choose one thing from, or none. */
export function Picker({ label, none, value, choices, onPick }: PickerProps) {
  return (
    <select
      class="mq-select"
      aria-label={label}
      data-set={value !== ""}
      value={value}
      onChange={({ currentTarget }) => onPick(currentTarget.value)}
    >
      <option value="">{none}</option>
      {choices.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
