import type { ComponentChildren } from "preact";
import type { PeopleDay } from "./people-figures.ts";
import { missingText, type PeopleMeasure, peopleText } from "./people-measures.ts";

interface PeopleCardProps {
  measure: PeopleMeasure;
  label: string;
  day: PeopleDay;
  /** Below the figure. */
  children: ComponentChildren;
}

/** A number of distinct users on a day. */
export function PeopleCard({ measure, label, day, children }: PeopleCardProps) {
  const missing = missingText(measure, day);
  return (
    <li class="card" id={`people-${measure.key}`}>
      <h3 title={measure.meaning}>{label}</h3>
      <p class="figure">{peopleText(measure, day)}</p>
      {children}
      {missing && <p class="hint">{missing}</p>}
    </li>
  );
}
