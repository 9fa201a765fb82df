import { dayText, rangeText } from "../figures/names.ts";
import { type About, Panel } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import { type Cohort, type RetentionFigures, retentionOf } from "./retention-figures.ts";
import { cohortName, digits, percentText, reachedText } from "./retention-text.ts";

/** The days since the install that the table shows: those of the view retention_by_cohort. */
const shownDays = [0, 1, 3, 7, 14, 30, 60, 90];
const integer = new Intl.NumberFormat("en-US");

/** Retention by week of the install. A cell is empty where no install day of the week has reached its day. */
export function CohortTable({
  figures: { range, weeks, all },
  about,
}: {
  figures: RetentionFigures;
  about: About;
}) {
  const cohorts = [...weeks, all];
  return (
    <Panel
      id="cohorts"
      title="Retention by week of the install"
      hint={`Of the installs of ${rangeText(range.from, range.to)}: the share of users who play exactly n days later.`}
      about={about}
      csv={() => ({
        head: ["week", "day_n", "install_days", "installed_users", "active_users", "retention"],
        rows: cohorts.flatMap((cohort) =>
          shownDays.map((n) => [
            cohort.week ?? "all",
            String(n),
            String(cohort.installDays[n] ?? 0),
            String(cohort.installed[n] ?? 0),
            String(cohort.active[n] ?? 0),
            digits(retentionOf(cohort, n)),
          ]),
        ),
      })}
    >
      <ScrollArea label="Retention by week of the install, the table">
        <table class="cohorts">
          <caption class="unseen">Retention by week of the install</caption>
          <thead>
            <tr>
              <th scope="col">Installed</th>
              <th scope="col">Users</th>
              {shownDays.map((n) => (
                <th key={n} scope="col">
                  D{n}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cohorts.map((cohort) => (
              <CohortRow key={cohort.week ?? "all"} cohort={cohort} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Install days counted</th>
              <td />
              {shownDays.map((n) => (
                <td key={n}>{all.installDays[n] ? `${all.installDays[n]} of ${all.installDays[0]}` : ""}</td>
              ))}
            </tr>
          </tfoot>
        </table>
      </ScrollArea>
      <p class="note">
        An install day counts for Dn only if its day n is over and in the data. A cell is empty where none has
        reached it: those users have not left, their day n is still to come. A user on two platforms, or in
        two countries, counts in each, so a share can be above 100%.{partialText(weeks)}
      </p>
    </Panel>
  );
}

/** Which weeks have fewer users because they have fewer install days; empty where all are whole. */
function partialText(weeks: Cohort[]): string {
  const partial = weeks.filter(({ installDays }) => (installDays[0] ?? 0) < 7);
  if (partial.length === 0) return "";
  const texts = partial.map(({ week = "", installDays }) => `${dayText(week)} (${installDays[0]} of 7)`);
  return ` Not all install days of these weeks are in the period and the data: ${texts.join(", ")}.`;
}

function CohortRow({ cohort }: { cohort: Cohort }) {
  return (
    <tr>
      <th scope="row">{cohortName(cohort)}</th>
      <td>{integer.format(cohort.installed[0] ?? 0)}</td>
      {shownDays.map((n) => {
        const retention = retentionOf(cohort, n);
        if (retention === null) return <td key={n} />;
        const { active, installed } = cohort;
        const counts = `${integer.format(active[n] ?? 0)} of ${integer.format(installed[n] ?? 0)} users`;
        return (
          <td
            key={n}
            class="bar"
            style={{ "--share": `${100 * retention}%` }}
            title={`${counts}, ${reachedText(cohort, n)}`}
          >
            {percentText(retention)}
          </td>
        );
      })}
    </tr>
  );
}
