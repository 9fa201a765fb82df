import { allMeasures } from "../figures/measures.ts";
import type { Actions } from "../state/page.ts";
import { Picker } from "./segments.tsx";

/** Chooses the metric of a tab that shows one. */
export function MetricPicker({ metric, go }: { metric: string; go: Actions["go"] }) {
  return (
    <Picker
      label="Metric"
      options={allMeasures.map(({ key, label }) => ({ value: key, label }))}
      value={metric}
      onChoose={(chosen) => go({ metric: chosen })}
    />
  );
}
