import { Hidden } from "../components/hidden";
import { SeverityIcon } from "../components/icons";
import type { Severity } from "./view-state";

export const SEVERITY_NAMES: Record<Severity, [one: string, many: string]> = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  info: ["info", "info"],
};

/** A severity for the eye by shape and colour, for the ear by name. */
export function SeverityMark({ severity }: { severity: Severity }) {
  return (
    <span class="mq-mark" title={SEVERITY_NAMES[severity][0]}>
      <SeverityIcon severity={severity} />
      <Hidden>{SEVERITY_NAMES[severity][0]}: </Hidden>
    </span>
  );
}
