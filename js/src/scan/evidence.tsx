import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Button } from "../components/button";
import { Chart } from "../components/chart";
import { DataTable } from "../components/data-table";
import { count, integer } from "../components/figures";
import { Hidden } from "../components/hidden";
import { Picker } from "../components/picker";
import { Section } from "../components/section";
import { titleOf, VisibleText } from "../components/visible-text";
import { EvidenceContext } from "./context";
import type { BarsView, BarView, ChartView, EvidenceView, ExamplesView, GroupsView } from "./messages";

interface Picking {
  picked: number | null;
  /** Absent where the rows of a part cannot be asked for. */
  pick: ((item: number, area?: number[]) => void) | undefined;
}

/** One piece of what a finding rests on. Choosing a part of it narrows the rows; choosing it again does not. */
export function Evidence({ evidence, place }: { evidence: EvidenceView; place: number }) {
  const synced = useContext(EvidenceContext);
  const narrowing = synced.narrowing.value;
  const picked = narrowing?.evidence === place ? narrowing.item : null;
  const pick = (item: number, area?: number[]) =>
    synced.narrow(item === picked && !area ? null : { evidence: place, item, ...(area && { area }) });
  const picking: Picking = { picked, pick: synced.exported ? undefined : pick };
  return (
    <Section title={evidence.title}>
      {evidence.kind === "bars" && <Bars {...evidence} {...picking} />}
      {evidence.kind === "groups" && <Groups {...evidence} {...picking} />}
      {evidence.kind === "examples" && <Examples {...evidence} />}
      {evidence.kind === "chart" && <ChartWithList {...evidence} {...picking} />}
    </Section>
  );
}

/** A part of the evidence: a button where its rows can be shown. */
function Part(props: Picking & { bar: BarView; item: number; class: string; children: ComponentChildren }) {
  const { bar, item, picked, pick, children } = props;
  const kinds = `${props.class}${bar.flagged ? " mq-flagged" : ""}`;
  if (!bar.clickable || !pick) return <div class={kinds}>{children}</div>;
  return (
    <Button
      class={kinds}
      aria-pressed={picked === item}
      title={titleOf(bar.label)}
      onClick={() => pick(item)}
    >
      {children}
    </Button>
  );
}

function Bars({ bars, more, more_rows, ...picking }: BarsView & Picking) {
  const most = Math.max(...bars.map(({ rows }) => rows), 1);
  return (
    <>
      <ul class={picking.picked === null ? "mq-bars" : "mq-bars mq-some-picked"}>
        {bars.map((bar, item) => (
          <li>
            <Part {...picking} bar={bar} item={item} class="mq-bar">
              <span class="mq-bar-label">
                <VisibleText text={bar.label} ends />
              </span>
              <span class="mq-bar-track" aria-hidden="true">
                <span style={{ width: bar.rows > 0 ? `max(2px, ${(100 * bar.rows) / most}%)` : "0" }} />
              </span>
              <span class="mq-bar-rows">{integer(bar.rows)}</span>
              <span class="mq-bar-note">
                {bar.flagged && <Hidden>offending </Hidden>}
                {bar.note}
              </span>
            </Part>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p class="mq-quiet">
          and {integer(more)} more{more_rows > 0 && ` (${count(more_rows, "row")})`}
        </p>
      )}
    </>
  );
}

function Groups({ groups, more, ...picking }: GroupsView & Picking) {
  let item = 0;
  return (
    <>
      <ul class="mq-groups">
        {groups.map((group) => (
          <li>
            {group.map((bar, variant) => {
              const number = item++;
              return (
                <>
                  {variant === 1 && (
                    <span class="mq-quiet mq-groups-arrow">
                      also written{" "}
                      <span class="mq-arrow" aria-hidden="true">
                        →
                      </span>
                    </span>
                  )}
                  <Part
                    {...picking}
                    bar={bar}
                    item={number}
                    class={variant === 0 ? "mq-variant mq-kept" : "mq-variant"}
                  >
                    <span>
                      <VisibleText text={bar.label} ends />
                    </span>
                    <span class="mq-bar-rows">{integer(bar.rows)}</span>
                    {bar.note && <span class="mq-quiet">{bar.note}</span>}
                  </Part>
                </>
              );
            })}
          </li>
        ))}
      </ul>
      {more > 0 && <p class="mq-quiet">and {count(more, "more group")}</p>}
    </>
  );
}

function Examples({ headers, lines }: ExamplesView) {
  return (
    <DataTable
      headers={headers}
      lines={lines.map((line) => line.map((cell) => <VisibleText text={cell} ends titled />))}
    />
  );
}

/** A chart, and its parts as a list for those who do not point at it. */
function ChartWithList({ title, spec, items, picked, pick }: ChartView & Picking) {
  const synced = useContext(EvidenceContext);
  return (
    <div class="mq-charted">
      <Chart
        spec={spec}
        title={title}
        vega={() => synced.vega()}
        picked={picked}
        onPick={pick && ((item, area) => (item === null ? synced.narrow(null) : pick(item, area)))}
      />
      {pick && items.length > 0 && (
        <Picker
          label={`Rows of a part of: ${title}`}
          none="Rows of any part"
          value={String(picked ?? "")}
          choices={items.map(({ item, label, rows }) => [
            String(item),
            rows < 0 ? label : `${label} (${count(rows, "row")})`,
          ])}
          onPick={(item) => (item ? pick(Number(item)) : synced.narrow(null))}
        />
      )}
    </div>
  );
}
