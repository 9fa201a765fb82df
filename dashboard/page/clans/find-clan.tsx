import { useEffect, useRef } from "preact/hooks";
import type { About } from "../parts/panel.tsx";
import type { Address } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import { clanField } from "./clan-focus.ts";
import { ClanList } from "./clan-list.tsx";
import type { ClansFigures } from "./clans-figures.ts";

interface FindClanProps {
  found: ClansFigures["found"];
  /** The days that are not over. */
  incomplete: string[];
  address: Address;
  open(clan: string, list: string): void;
  go: Actions["go"];
  about: About;
}

/** A field for the name or id of a clan, and the clans that have it. */
export function FindClan({ found, incomplete, address, open, go, about }: FindClanProps) {
  const field = useRef<HTMLInputElement>(null);
  // Only when the address changes: what is being typed is left alone.
  useEffect(() => {
    if (field.current) field.current.value = address.clanName;
  }, [address.clanName]);
  return (
    <>
      <search class="find-clan">
        <form
          class="choices"
          onSubmit={(event) => {
            event.preventDefault();
            const name = new FormData(event.currentTarget).get("name");
            go({ clanName: String(name ?? "").trim() });
          }}
        >
          <label class="field">
            <span>Find a clan</span>
            <input
              id={clanField}
              ref={field}
              name="name"
              type="search"
              maxLength={256}
              placeholder="Name or id"
              autocomplete="off"
              spellcheck={false}
            />
          </label>
          <button type="submit">Find</button>
          {found && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                // The button goes with what it clears.
                field.current?.focus();
                go({ clanName: "" });
              }}
            >
              Clear
            </button>
          )}
        </form>
      </search>
      {found && (
        <ClanList
          id="found-clans"
          title={`Clans with “${found.name}”`}
          hint="As they were on the last day of the period with that name; those with the most members first, at most 20."
          none="No clan with this name or id had members in the period."
          clans={found.clans}
          incomplete={incomplete}
          open={open}
          address={address}
          about={about}
        />
      )}
    </>
  );
}
