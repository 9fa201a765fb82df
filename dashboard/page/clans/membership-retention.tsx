import { type About, Panel, TextTable } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import { percentText } from "../retention/retention-text.ts";
import type { RetentionGroup } from "./clans-figures.ts";
import { shareDifference } from "./share-difference.ts";

const comparisons = {
  active_on_day_7: "Of those still active on day 7",
  all: "Of all installs",
};
const integer = new Intl.NumberFormat("en-US");

/** Who stays: users who were in a clan within 7 days of the install, and all others. */
export function MembershipRetention({
  groups,
  isFiltered,
  about,
}: {
  groups: RetentionGroup[];
  isFiltered: boolean;
  about: About;
}) {
  const of = (comparison: string, day_n: number, membership: string) =>
    groups.find(
      (group) => group.comparison === comparison && group.day_n === day_n && group.membership === membership,
    );
  const dayNs = [...new Set(groups.map(({ day_n }) => day_n))].toSorted((a, b) => a - b);
  return (
    <Panel
      id="membership-retention"
      title="Retention in a clan and without"
      hint={`Of the users whose day n was in the period: the share who played on it, by whether they were in a clan by day 7${isFiltered ? ", of all platforms and countries" : ""}.`}
      about={about}
      csv={() => ({
        head: ["comparison", "day_n", "membership", "users", "retained", "retention", "low", "high"],
        rows: groups.map(({ comparison, day_n, membership, users, retained, low, high }) => [
          comparison,
          String(day_n),
          membership,
          String(users),
          String(retained),
          String(retained / users),
          String(low),
          String(high),
        ]),
      })}
    >
      {dayNs.length === 0 ? (
        <p>No day of the period is 14, 30 or 60 days after an install in the data.</p>
      ) : (
        <ScrollArea label="Retention in a clan and without, the table">
          <TextTable
            caption="Retention in a clan and without"
            head={["Users", "Day", "In a clan", "In no clan", "Difference"]}
            rows={Object.entries(comparisons).flatMap(([comparison, name]) =>
              dayNs.map((day_n) => {
                const members = of(comparison, day_n, "in_clan");
                const others = of(comparison, day_n, "no_clan");
                return [
                  name,
                  `D${day_n}`,
                  retentionText(members),
                  retentionText(others),
                  differenceText(members, others),
                ];
              }),
            )}
          />
        </ScrollArea>
      )}
      <p class="note">
        In brackets, the 95% interval and the users. <strong>This is no experiment</strong>: players who like
        the game join clans. Of all installs, the comparison mostly measures survival, since who is gone on
        day 2 can't join on day 5; of those still active on day 7, it is fairer.
      </p>
    </Panel>
  );
}

function retentionText(group: RetentionGroup | undefined): string {
  if (!group) return "–";
  const { users, retained, low, high } = group;
  return `${percentText(retained / users)} (${percentText(low)} to ${percentText(high)}, ${integer.format(users)})`;
}

/** In percentage points; as noise where the 95 % interval of the difference contains 0. */
function differenceText(members: RetentionGroup | undefined, others: RetentionGroup | undefined): string {
  if (!members || !others) return "–";
  const { difference, low, high } = shareDifference(members, others);
  const text = `${difference < 0 ? "−" : "+"}${Math.abs(100 * difference).toFixed(1)} points`;
  return low <= 0 && high >= 0 ? `${text}, within noise` : text;
}
