import type { RenderProps } from "@anywidget/types";
import { signal } from "@preact/signals";
import { render as draw } from "preact";
import { useId } from "preact/hooks";
import { Child } from "../../components/child";
import { count } from "../../components/figures";
import { Frame } from "../../components/frame";
import { TabPanel, Tabs } from "../../components/tabs";
import { VisibleText } from "../../components/visible-text";
import { trait } from "../../model";
import { hideStaticView } from "../../static-view";
import { isDark, onThemeChange } from "../../theme";
import type { AnalysisCard } from "./messages";

interface AnalysisTraits extends Record<string, unknown> {
  card: AnalysisCard;
  tab: string;
  error: string;
  child: string | null;
  uid: string;
}

/** The widget module of a whole analysis: its views in tabs. */
export default {
  render({ model, el, host, signal: abort }: RenderProps<AnalysisTraits>) {
    const card = trait(model, "card", abort);
    const tab = trait(model, "tab", abort);
    const error = trait(model, "error", abort);
    const child = trait(model, "child", abort);
    const dark = signal(isDark(el));
    onThemeChange(() => {
      dark.value = isDark(el);
    }, abort);
    const Whole = () => {
      const id = useId();
      const { model: name, task, rows, columns, tabs, notes } = card.value;
      return (
        <Frame label="Model analysis" dark={dark.value} error={error.value}>
          <header class="mq-analysis">
            <h2>
              <VisibleText text={name} />
            </h2>
            <span>{task}</span>
            <span>{count(rows, "row")}</span>
            <span>{count(columns, "column")}</span>
            {notes.map((note) => (
              <p class="mq-quiet">{note}</p>
            ))}
          </header>
          <Tabs<string>
            id={id}
            label="Views of the analysis"
            choices={tabs.map((one) => ({ value: one.name, label: one.label }))}
            chosen={tab.value}
            onChoose={(chosen) => {
              tab.value = chosen;
            }}
          />
          <TabPanel id={id} chosen={tabs.findIndex((one) => one.name === tab.value)}>
            {child.value ? (
              <Child key={child.value} reference={child.value} host={host} />
            ) : (
              !error.value && <Waiting />
            )}
          </TabPanel>
        </Frame>
      );
    };
    draw(<Whole />, el);
    hideStaticView(model.get("uid"), abort);
    abort.addEventListener("abort", () => draw(null, el));
  },
};

function Waiting() {
  return <p class="mq-empty">Computing…</p>;
}
