import type { ClansAnswer } from "../../server/clan-answers.ts";
import { dayLabel } from "../figures/names.ts";
import { type About, Panel, TextTable } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import { percentText } from "../retention/retention-text.ts";

/** In the order of the table, with the rule of each (docs/metrics.md). */
const rules: Record<string, string> = {
  growing: "10% more active than in the 4 weeks before, or new, and somebody joined in 14 days",
  steady: "none of the others",
  fading: "under a quarter of the members active in 7 days, or 25% fewer than before",
  dead: "no member active in 7 days",
  unknown: "the data don't reach back two weeks",
};

const integer = new Intl.NumberFormat("en-US");
export const healthName = (health: string) => health.replace(/^./, (first) => first.toUpperCase());

/** How many clans there are of each health. */
export function ClanHealth({
  clans: { day, health },
  incomplete,
  isFiltered,
  about,
}: {
  clans: ClansAnswer;
  /** The days that are not over. */
  incomplete: string[];
  isFiltered: boolean;
  about: About;
}) {
  const total = health.reduce((sum, { clans }) => sum + clans, 0);
  const of = (name: string) => health.find((group) => group.health === name);
  // Only in the first days of the data.
  const shown = Object.keys(rules).filter((name) => name !== "unknown" || of(name));
  return (
    <Panel
      id="clan-health"
      title={`Health of clans${day ? ` on ${dayLabel(day, incomplete.includes(day))}` : ""}`}
      hint={`Of clans with members${isFiltered ? ", of all platforms and countries" : ""}.`}
      about={about}
      csv={() => ({
        head: ["event_date", "health", "clans", "members", "weekly_active_members", "is_over"],
        rows: health.map((group) => [
          day ?? "",
          group.health,
          String(group.clans),
          String(group.members),
          String(group.weekly_active_members),
          String(!(day && incomplete.includes(day))),
        ]),
      })}
    >
      <ScrollArea label="Health of clans, the table">
        <TextTable
          caption="Health of clans"
          head={["Health", "Clans", "Share", "Members", "Active in 7 days"]}
          rows={shown.map((name) => {
            const { clans = 0, members = 0, weekly_active_members = 0 } = of(name) ?? {};
            return [
              healthName(name),
              integer.format(clans),
              percentText(total === 0 ? null : clans / total),
              integer.format(members),
              integer.format(weekly_active_members),
            ];
          })}
        />
      </ScrollArea>
      <dl class="note rules">
        {shown.map((name) => (
          <div key={name}>
            <dt>{healthName(name)}</dt>
            <dd>{rules[name]}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
