import { noValue } from "../figures/measure.ts";
import { dayLabel } from "../figures/names.ts";
import { type About, Panel } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import { type Address, searchOf } from "../state/address.ts";
import type { ClanOfDay } from "./clans-figures.ts";

interface ClanListProps {
  id: string;
  title: string;
  hint: string;
  /** What stands instead of an empty list. */
  none?: string;
  clans: ClanOfDay[];
  /** The days that are not over. */
  incomplete: string[];
  address: Address;
  open(clan: string, list: string): void;
  about: About;
}

const integer = new Intl.NumberFormat("en-US");

/** Clans, each with a link to its own page. */
export function ClanList({
  id,
  title,
  hint,
  none = "There is none.",
  clans,
  incomplete,
  address,
  open,
  about,
}: ClanListProps) {
  const days = new Set(clans.map(({ day }) => day));
  const dayOf = ({ day }: ClanOfDay) => dayLabel(day, incomplete.includes(day));
  const [first] = clans;
  return (
    <Panel
      id={id}
      title={title}
      hint={first && days.size === 1 ? `${hint} As of ${dayOf(first)}.` : hint}
      about={about}
      csv={() => ({
        head: [
          "event_date",
          "clan_id",
          "name",
          "region",
          "members",
          "weekly_active_members",
          "activity_trend",
          "days_since_join",
          "is_over",
        ],
        rows: clans.map((clan) => [
          clan.day,
          clan.clan_id,
          clan.name ?? "",
          clan.region ?? "",
          String(clan.members),
          String(clan.weekly_active_members),
          String(clan.activity_trend ?? ""),
          String(clan.days_since_join),
          String(!incomplete.includes(clan.day)),
        ]),
      })}
    >
      {clans.length === 0 ? (
        <p>{none}</p>
      ) : (
        <ScrollArea label={`${title}, the table`}>
          <table class="clans">
            <caption class="unseen">{title}</caption>
            <thead>
              <tr>
                {["Clan", "Members", "Active in 7 days", "Trend", "Last join"].map((text) => (
                  <th key={text} scope="col">
                    {text}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {clans.map((clan) => (
                <tr key={clan.clan_id}>
                  <th scope="row">
                    <span class="clan">
                      <a
                        title={clan.name ?? clan.clan_id}
                        data-clan={clan.clan_id}
                        href={searchOf({ ...address, clan: clan.clan_id })}
                        onClick={(event) => {
                          if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                          event.preventDefault();
                          open(clan.clan_id, id);
                        }}
                      >
                        <bdi>{clan.name ?? clan.clan_id}</bdi>
                      </a>
                      {clan.region && <span class="hint"> {clan.region}</span>}
                      {days.size > 1 && <span class="hint"> {dayOf(clan)}</span>}
                    </span>
                  </th>
                  <td>{integer.format(clan.members)}</td>
                  <td>{integer.format(clan.weekly_active_members)}</td>
                  <td>{trendText(clan.activity_trend)}</td>
                  <td>{joinText(clan.days_since_join)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </Panel>
  );
}

/** `×1.25`: as many times as active as in the four weeks before. */
const trendText = (trend: number | null) => (trend === null ? noValue : `×${trend.toFixed(2)}`);

const joinText = (days: number) =>
  days === 0 ? "that day" : days === 1 ? "1 day before" : `${integer.format(days)} days before`;
