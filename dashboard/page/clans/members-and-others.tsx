import { type Measure, measureOf, textOf } from "../figures/measures.ts";
import { membershipName } from "../figures/names.ts";
import { type Group, sumOfGroups } from "../figures/sums.ts";
import { type About, Panel, TextTable } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import { percentText } from "../retention/retention-text.ts";

const shares = ["dau", "revenue", "matches_started"].map(measureOf);
const rates = ["arpdau", "payer_ratio", "matches_per_dau", "sessions_per_dau", "win_ratio"].map(measureOf);

/** The figures of players in clans beside those of all others. */
export function MembersAndOthers({ groups, about }: { groups: Group[]; about: About }) {
  const of = (name: string) => groups.find((group) => group.name === name);
  const [inClan, noClan] = [of("in_clan"), of("no_clan")];
  const all = { name: "all", sums: sumOfGroups(groups) };
  const share = (measure: Measure, group: Group | undefined) => {
    const total = measure.value(all.sums);
    const part = group && measure.value(group.sums);
    return part == null || !total ? null : part / total;
  };
  const digits = (measure: Measure, group: Group | undefined) => (group ? measure.digits(group.sums) : "");
  return (
    <Panel
      id="members-and-others"
      title="Members of clans and all others"
      hint="A player counts as a member on the days at whose end they are in a clan."
      about={about}
      csv={() => ({
        head: ["metric", "in_clan", "no_clan", "all"],
        rows: [...shares, ...rates].map((measure) => [
          measure.key,
          digits(measure, inClan),
          digits(measure, noClan),
          digits(measure, all),
        ]),
      })}
    >
      <ScrollArea label="Members of clans and all others, the table">
        <TextTable
          caption="Members of clans and all others"
          head={["Metric", membershipName("in_clan"), membershipName("no_clan"), "All"]}
          rows={[
            ...shares.map((measure) => [
              `Share of ${measure.label === "DAU" ? "DAU" : measure.label.toLowerCase()}`,
              percentText(share(measure, inClan)),
              percentText(share(measure, noClan)),
              measure.text(all.sums),
            ]),
            ...rates.map((measure) => [
              measure.label,
              textOf(measure, inClan?.sums),
              textOf(measure, noClan?.sums),
              measure.text(all.sums),
            ]),
          ]}
        />
      </ScrollArea>
      <p class="note">
        Members and others may differ in country, platform and days since the install; the filters compare
        like with like. A single large purchase can decide ARPDAU.
      </p>
    </Panel>
  );
}
