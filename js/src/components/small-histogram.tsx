import { integer } from "./figures";

/** A histogram the size of a word. */
export function SmallHistogram({ heights, labels }: { heights: number[]; labels: string[] }) {
  const peak = Math.max(...heights, 1);
  const tallest = heights.indexOf(peak);
  if (heights.length === 0) return <span class="mq-quiet">no values</span>;
  return (
    <div
      class="mq-histogram"
      role="img"
      aria-label={`${heights.length} bars, the tallest: ${labels[tallest] ?? ""}`}
    >
      {heights.map((height, place) => (
        <span title={`${labels[place] ?? ""}: ${integer(height)}`}>
          <i style={{ height: height > 0 ? `max(1px, ${(100 * height) / peak}%)` : "0" }} />
        </span>
      ))}
    </div>
  );
}
