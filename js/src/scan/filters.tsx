import { Button } from "../components/button";
import { integer } from "../components/figures";
import { SearchIcon, SeverityIcon } from "../components/icons";
import { Picker } from "../components/picker";
import { useScan } from "./context";
import { SEVERITY_NAMES } from "./severity";
import { SEVERITIES } from "./view-state";

/** What narrows the list of findings: words, severity, column, check. */
export function FilterBar() {
  const { synced, state } = useScan();
  const { filters } = state;
  const findings = synced.view.value?.findings ?? [];
  const checks = [...new Set(findings.map(({ check }) => check))].sort();
  const positions = [...new Set(findings.flatMap(({ columns }) => columns))].sort((a, b) => a - b);
  return (
    <search class="mq-filters" aria-label="Filter findings">
      <SearchBox
        label="Search findings"
        value={filters.search.value}
        onInput={(text) => {
          filters.search.value = text;
        }}
      />
      <div class="mq-filter-row">
        <fieldset class="mq-toggles" aria-label="Severity">
          {SEVERITIES.map((severity) => {
            const found = findings.filter(
              (card) => card.severity === severity && !card.dismissed && state.admits(card, false),
            ).length;
            const name = SEVERITY_NAMES[severity][1];
            return (
              <Button
                class="mq-toggle"
                aria-pressed={filters.severities.value.has(severity)}
                aria-label={`${name}, ${found}`}
                title={`Only ${name}`}
                onClick={() => filters.toggle(severity)}
              >
                <SeverityIcon severity={severity} />
                {integer(found)}
              </Button>
            );
          })}
        </fieldset>
        <Picker
          label="Column"
          none="Column"
          value={filters.column.value}
          choices={positions.map((position) => [
            String(position),
            state.columns.value.get(position)?.name ?? "",
          ])}
          onPick={(column) => {
            filters.column.value = column;
          }}
        />
        <Picker
          label="Check"
          none="Check"
          value={filters.check.value}
          choices={checks.map((check) => [check, check])}
          onPick={(check) => {
            filters.check.value = check;
          }}
        />
        {filters.active.value && (
          <Button
            class="mq-icon-button"
            title="Clear filters"
            aria-label="Clear filters"
            onClick={() => filters.clear()}
          >
            ×
          </Button>
        )}
      </div>
    </search>
  );
}

/** A search box that `/` moves to. */
export function SearchBox(props: { label: string; value: string; onInput: (text: string) => void }) {
  const { label, value, onInput } = props;
  return (
    <label class="mq-search">
      <SearchIcon />
      <input
        type="search"
        data-mq-search
        placeholder={label}
        aria-label={label}
        aria-keyshortcuts="/"
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      <span class="mq-key" aria-hidden="true">
        /
      </span>
    </label>
  );
}
