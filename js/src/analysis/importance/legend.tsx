import { VisibleText } from "../../components/visible-text";
import { COLOURED, categoryColour, MISSING, shade } from "./colours";
import { type Column, valueText } from "./packed";

/** What the colours of points mean: of one column, or of each feature's own values. */
export function Legend({ column }: { column: Column | null }) {
  const gradient = `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map(shade).join(",")})`;
  const categories = column?.categories;
  if (categories) {
    return (
      <p class="mq-colours mq-small">
        {categories.slice(0, COLOURED).map((name, place) => (
          <span key={name}>
            <i style={{ background: categoryColour(place) }} />
            <VisibleText text={name} />
          </span>
        ))}
        {categories.length > COLOURED && (
          <span>
            <i style={{ background: MISSING }} />
            others, missing
          </span>
        )}
      </p>
    );
  }
  const ends = column && endsOf(column);
  return (
    <p class="mq-colours mq-small">
      <span>
        {ends ? ends[0] : "low value"} <i class="mq-shades" style={{ background: gradient }} />{" "}
        {ends ? ends[1] : "high value"}
      </span>
      {!column && <span>Categories have colours of their own: point at one.</span>}
      {(!column || column.values.some(Number.isNaN)) && (
        <span>
          <i style={{ background: MISSING }} />
          missing
        </span>
      )}
    </p>
  );
}

function endsOf(column: Column): [string, string] {
  const known = column.values.filter((value) => !Number.isNaN(value));
  return [valueText(column, Math.min(...known)), valueText(column, Math.max(...known))];
}
