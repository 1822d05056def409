import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { DataTable } from "../../components/data-table";
import { Failure } from "../../components/failure";
import { count, integer } from "../../components/figures";
import { Picker } from "../../components/picker";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import { Answered } from "../explain/answered";
import { useAsked } from "../explain/asked";
import type { Linked } from "../linked";
import { linkedView } from "../linked-view";
import { Matrix, type MatrixShare } from "../matrix";
import { SelectedRows } from "../selected-rows";
import { Calibration, PrecisionRecall, Roc, Scores } from "./curves";
import { Figures, intervalOf, textOfValue } from "./figures";
import type { CostsView, CurvesView, FigureView, PerformanceView, SelectedView } from "./messages";
import { Costs, ThresholdPanel } from "./panel";
import { ByPart } from "./parts";
import { Picking } from "./picking";
import { AlongPrediction, PredictedActual, Residuals } from "./spread";
import { figuresAt, matrixOf, nearest, outcomesAt, payoffOf } from "./threshold";

/** The widget module of performance: how good the model is. */
export default linkedView<PerformanceView>({ label: "Performance", what: "performance", App });

interface AppProps {
  linked: Linked<PerformanceView>;
  view: PerformanceView;
}

interface ViewProps extends AppProps {
  picking: Picking;
  selected: SelectedView | null;
}

function App({ linked, view }: AppProps) {
  const picking = useMemo(() => new Picking(linked), [linked]);
  const { version, rows } = linked.selection.value;
  const asked = useAsked<SelectedView | null>(`${version} ${view.threshold}`, () =>
    rows > 0 ? linked.ask("selected") : Promise.resolve(null),
  );
  const props = { linked, view, picking, selected: asked.answer };
  return (
    <div class="mq-performance">
      <p class="mq-performance-sentence">{view.sentence}</p>
      {view.without_probabilities && <p class="mq-small">{view.without_probabilities}</p>}
      <Failure reason={picking.refused.value || asked.error} />
      {view.kind === "regression" ? (
        <Values {...props} />
      ) : view.curves && view.costs ? (
        <TwoClasses {...props} curves={view.curves} given={view.costs} />
      ) : (
        <Classes {...props} />
      )}
      <ByPart linked={linked} view={view} picking={picking} />
      {asked.answer && <p class="mq-performance-selected">{asked.answer.sentence}</p>}
      <SelectedRows linked={linked} />
    </div>
  );
}

/** Two classes with probabilities: everything moves with the threshold. */
function TwoClasses({ curves, given, ...props }: ViewProps & { curves: CurvesView; given: CostsView }) {
  const { linked, view, picking, selected } = props;
  const { counts } = curves;
  const at = useSignal(nearest(counts.threshold, view.threshold ?? 0.5));
  const costs = useSignal(given);
  useEffect(() => {
    at.value = nearest(counts.threshold, view.threshold ?? 0.5);
  }, [view.threshold]);
  useEffect(() => {
    costs.value = given;
  }, [given]);
  const payoff = useMemo(
    () => payoffOf(counts, costs.value, view.clearly),
    [counts, costs.value, view.clearly],
  );
  const outcomes = outcomesAt(counts, at.value);
  const moved = figuresAt(outcomes);
  const [moving, fixed] = [true, false].map((moves) =>
    view.figures
      .filter(({ id }) => id in moved === moves)
      .map((figure) => ({ ...figure, ...moved[figure.id] })),
  ) as [FigureView[], FigureView[]];
  const threshold = counts.threshold[at.value] ?? 0;
  const chosen = selected?.counts ?? null;
  return (
    <>
      <div class="mq-performance-top">
        <Section title="Threshold">
          <ThresholdPanel {...{ linked, view, curves, at, payoff, picking }} />
        </Section>
        <div class="mq-performance-stack">
          <Section title="What came, and what is predicted">
            <Confusion
              {...{ view, picking, threshold }}
              counts={matrixOf(outcomes)}
              selected={chosen && matrixOf(outcomesAt(chosen, at.value))}
            />
          </Section>
          <Section title="Costs and benefits">
            <Costs linked={linked} view={view} costs={costs} />
          </Section>
        </div>
      </div>
      <div class="mq-performance-bottom">
        <Figures title="Figures at this threshold" figures={moving} />
        <Figures title="Figures at any threshold" figures={fixed} />
      </div>
      <div class="mq-performance-curves">
        <Curves curves={curves} at={at} selected={selected} view={view} picking={picking} />
      </div>
    </>
  );
}

interface CurvesProps {
  curves: CurvesView;
  at: Signal<number> | null;
  selected: SelectedView | null;
  view: PerformanceView;
  picking: Picking;
}

function Curves({ curves, at, selected, view, picking }: CurvesProps) {
  const { counts, calibration, place } = curves;
  const ranks = { counts, selected: at && (selected?.counts ?? null), at: at?.value ?? null };
  return (
    <>
      <Section title="ROC">
        <Roc {...ranks} />
      </Section>
      <Section title="Precision and recall">
        <PrecisionRecall {...ranks} />
      </Section>
      <Section title="Calibration">
        <Calibration found={calibration} name={view.classes[place] ?? ""} output={place} picking={picking} />
        <p class="mq-small">{calibration.sentence}</p>
      </Section>
    </>
  );
}

interface ConfusionProps {
  view: PerformanceView;
  picking: Picking;
  /** On screen; null where there is none. */
  threshold: number | null;
  counts: number[][];
  /** The same of the rows selected. */
  selected: number[][] | null;
}

const SHARES: [MatrixShare, string][] = [
  ["came", "shares of what came"],
  ["predicted", "shares of what is predicted"],
  ["all", "shares of all rows"],
];

function Confusion({ view, picking, threshold, counts, selected }: ConfusionProps) {
  const of = useSignal<MatrixShare>("came");
  const part = (actual: number, predicted: number) => `cell ${threshold} ${actual} ${predicted}`;
  return (
    <>
      <div class="mq-matrices">
        <Matrix
          title="All rows"
          classes={view.classes}
          counts={counts}
          of={of.value}
          picked={(actual, predicted) => picking.holds(part(actual, predicted))}
          onPick={(actual, predicted) =>
            picking.pick(part(actual, predicted), "cell", { actual, predicted, threshold })
          }
        />
        {selected && <Matrix title="Selected rows" classes={view.classes} counts={selected} of={of.value} />}
      </div>
      <select
        class="mq-select"
        aria-label="What shares are of"
        value={of.value}
        onChange={({ currentTarget }) => {
          of.value = currentTarget.value as MatrixShare;
        }}
      >
        {SHARES.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </>
  );
}

/** Several classes, or labels alone: no threshold to move. */
function Classes({ linked, view, picking, selected }: ViewProps) {
  return (
    <>
      <div class="mq-performance-bottom">
        <Figures title="Figures" figures={view.figures} />
        {view.confusion && (
          <Section title="What came, and what is predicted">
            <Confusion
              {...{ view, picking }}
              threshold={null}
              counts={view.confusion}
              selected={selected?.confusion ?? null}
            />
          </Section>
        )}
      </div>
      {view.of_classes.length > 0 && <ClassTable view={view} />}
      {view.kind === "multiclass" && !view.without_probabilities && (
        <OneClass linked={linked} view={view} picking={picking} />
      )}
    </>
  );
}

function ClassTable({ view }: { view: PerformanceView }) {
  const columns = view.of_classes[0]?.figures ?? [];
  return (
    <Section title="Each class against all others">
      <DataTable
        headers={["class", "rows", ...columns.map(({ label }) => label)]}
        lines={view.of_classes.map(({ label, rows, figures }) => [
          <VisibleText key={label} text={label} titled />,
          integer(rows),
          ...figures.map((figure) => (
            <>
              {textOfValue(figure)} <span class="mq-small">{intervalOf(figure)}</span>
            </>
          )),
        ])}
      />
    </Section>
  );
}

function OneClass({ linked, view, picking }: Omit<ViewProps, "selected">) {
  const place = useSignal(0);
  const asked = useAsked<CurvesView>(String(place.value), () => linked.ask("curves", { place: place.value }));
  return (
    <Section
      title="One class against all others"
      beside={
        <Picker
          label="Class"
          none=""
          value={String(place.value)}
          choices={view.classes.map((name, at): [string, string] => [String(at), name])}
          onPick={(value) => {
            place.value = Number(value);
          }}
        />
      }
    >
      <Answered asked={asked}>
        {(curves) => (
          <>
            <Scores
              scores={curves.scores}
              name={view.classes[curves.place] ?? ""}
              output={curves.place}
              threshold={null}
              picking={picking}
            />
            <div class="mq-performance-curves">
              <Curves curves={curves} at={null} selected={null} view={view} picking={picking} />
            </div>
          </>
        )}
      </Answered>
    </Section>
  );
}

/** Values: how far predictions are off, along the prediction and as a whole. */
function Values({ view, picking, selected }: ViewProps) {
  const { spread } = view;
  return (
    <>
      <Figures title="Figures" figures={view.figures} />
      {spread && (
        <div class="mq-performance-curves">
          <Section title="What came against what was predicted">
            <PredictedActual spread={spread} picking={picking} target={view.target} />
            <p class="mq-small">
              Means of groups of rows with 95 % intervals, and {count(spread.drawn.length, "row")} drawn at
              random.
            </p>
          </Section>
          <Section title="Residuals along the prediction">
            <AlongPrediction spread={spread} picking={picking} />
            <p class="mq-small">Median, the middle half, and 90 % of each group of rows.</p>
          </Section>
          <Section title="Residuals">
            <Residuals spread={spread} picking={picking} selected={selected} />
            <p class="mq-small">All rows{selected?.bars && <>; the selected rows as lines</>}.</p>
          </Section>
        </div>
      )}
    </>
  );
}
