/** A severity by shape and colour; the shapes differ without the colour. What it means is said in text beside it. */
export function SeverityIcon({ severity }: { severity: "error" | "warning" | "info" }) {
  const { ground, sign } = SHAPES[severity];
  return (
    <svg class={`mq-icon mq-${severity}`} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ground} />
      <path d={sign} />
    </svg>
  );
}

/** An octagon crossed, a triangle and a ring with their signs: the ground, and what is drawn on it. */
const SHAPES = {
  error: { ground: "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z", sign: "m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" },
  warning: { ground: "M8 1.5 15 14H1z", sign: "M8 6v3.6m0 2.2v.1" },
  info: { ground: "M8 1.7a6.3 6.3 0 1 1 0 12.6A6.3 6.3 0 0 1 8 1.7z", sign: "M8 7.4v3.7M8 4.9v.1" },
};

export const SearchIcon = () => (
  <svg class="mq-icon mq-outline" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
    <path d="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zm3.5 8 3.5 3.5" />
  </svg>
);
