import { useMemo } from "preact/hooks";
import type { ClansAnswer } from "../../server/clan-answers.ts";
import { Notice } from "../parts/notice.tsx";
import type { About } from "../parts/panel.tsx";
import type { Address } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import type { View } from "../state/view.ts";
import { useClanFocus } from "./clan-focus.ts";
import { ClanHealth } from "./clan-health.tsx";
import { ClanList } from "./clan-list.tsx";
import { FindClan } from "./find-clan.tsx";
import { MembersAndOthers } from "./members-and-others.tsx";
import { MembershipRetention } from "./membership-retention.tsx";
import { OneClan } from "./one-clan.tsx";
import { ShareInClans } from "./share-in-clans.tsx";

interface ClansProps {
  view: Extract<View, { tab: "clans" }>;
  address: Address;
  about: About;
  palette: number;
  go: Actions["go"];
}

/** What clans do to players, and which clans are growing and fading; or one clan. */
export function Clans({ view, address, about, palette, go }: ClansProps) {
  const { figures, frame } = view;
  const {
    selection,
    resolved: { incomplete },
  } = frame;
  const isFiltered = selection.platform !== undefined || selection.countries.length > 0;
  const noteOrigin = useClanFocus(figures.clan?.id);
  const open = (clan: string, list: string) => {
    noteOrigin({ list, clan });
    go({ clan });
  };
  return useMemo(() => {
    const { clan, days, isIncomplete } = figures;
    if (clan) return <OneClan {...{ clan, isIncomplete, isFiltered, about, go }} />;
    const hasFigures = figures.clans.day !== null || figures.groups.some(({ name }) => name === "in_clan");
    if (!hasFigures && !figures.clans.hasClans)
      return (
        <Notice kind="info" title="No player is in a clan yet">
          Clans and their members come with the next sync, <code>npm run sync</code>.
        </Notice>
      );
    const search = (
      <FindClan
        found={figures.found}
        incomplete={incomplete}
        open={open}
        go={go}
        address={address}
        about={about}
      />
    );
    if (!hasFigures)
      return (
        <>
          {search}
          <Notice kind="info" title="No clan has figures in the period">
            {frame.resolved.cut ?? "No clan had members on these days."} Choose others.
          </Notice>
        </>
      );
    return (
      <>
        {search}
        <MembersAndOthers groups={figures.groups} about={about} />
        <ShareInClans days={days} isIncomplete={isIncomplete} about={about} />
        <ClanHealth clans={figures.clans} incomplete={incomplete} isFiltered={isFiltered} about={about} />
        <MembershipRetention groups={figures.retention} isFiltered={isFiltered} about={about} />
        <ClanList
          id="growing-clans"
          title="Growing clans"
          hint={listHint(
            "First those that won the most active members against the four weeks before.",
            figures.clans,
            "growing",
          )}
          clans={figures.clans.growing}
          incomplete={incomplete}
          open={open}
          address={address}
          about={about}
        />
        <ClanList
          id="fading-clans"
          title="Fading clans"
          hint={listHint(
            "First those with the most members who were not active in the last 7 days.",
            figures.clans,
            "fading",
          )}
          clans={figures.clans.fading}
          incomplete={incomplete}
          open={open}
          address={address}
          about={about}
        />
      </>
    );
  }, [view, palette, address]);
}

/** What the list of clans of a health has: the answer holds the first of them alone. */
function listHint(which: string, { health, ...lists }: ClansAnswer, name: "growing" | "fading"): string {
  const listed = lists[name].length;
  const all = health.find((group) => group.health === name)?.clans ?? 0;
  return all > listed ? `${which} ${listed} of ${all.toLocaleString("en-US")}.` : which;
}
