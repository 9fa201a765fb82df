import { LinePanel } from "../charts/line-panel.tsx";
import { dayPoints } from "../charts/points.ts";
import { dau, type Measure, revenue } from "../figures/measures.ts";
import type { About } from "../parts/panel.tsx";
import { percentText } from "../retention/retention-text.ts";
import type { MembershipDay } from "./clans-figures.ts";

interface ShareInClansProps {
  days: MembershipDay[];
  isIncomplete: boolean[];
  about: About;
}

/** The share of players and of revenue in clans over days. */
export function ShareInClans({ days, isIncomplete, about }: ShareInClansProps) {
  const shares = (measure: Measure) =>
    days.map(({ inClan, noClan }) => {
      if (!inClan || !noClan) return null;
      const [members, others] = [measure.value(inClan) ?? 0, measure.value(noClan) ?? 0];
      return members + others === 0 ? null : members / (members + others);
    });
  return (
    <LinePanel
      id="share-in-clans"
      title="Share in clans"
      hint="Of each day's DAU and revenue, the part of players in clans."
      points={dayPoints(
        days.map(({ name }) => name),
        isIncomplete,
      )}
      pointName="day"
      pointKey="event_date"
      lines={[
        { name: "DAU", key: "share_of_dau", values: shares(dau) },
        { name: "Revenue", key: "share_of_revenue", values: shares(revenue) },
      ]}
      text={percentText}
      axisText={(value) => `${Math.round(100 * value)}%`}
      about={about}
    />
  );
}
