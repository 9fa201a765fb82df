import { useLayoutEffect } from "preact/hooks";
import { type Address, searchOf, type Tab, tabs } from "../state/address.ts";
import type { Actions } from "../state/page.ts";

const names: Record<Tab, string> = {
  overview: "Overview",
  people: "People",
  retention: "Retention",
  clans: "Clans",
  explore: "Explore",
  changes: "What changed",
  health: "Data health",
};

/** Links to the tabs: each has an address of its own, which keeps the filters, and a title for the history and bookmarks. */
export function Tabs({ address, go }: { address: Address; go: Actions["go"] }) {
  useLayoutEffect(() => {
    document.title = `${names[address.tab]} – Clan platform metrics`;
  }, [address.tab]);
  return (
    <nav class="tabs" aria-label="Views">
      {tabs.map((tab) => (
        <a
          key={tab}
          href={searchOf({ ...address, tab }) || "?"}
          aria-current={tab === address.tab ? "page" : undefined}
          onClick={(event) => {
            // A new window, or a download, is the browser's.
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
            event.preventDefault();
            go({ tab });
          }}
        >
          {names[tab]}
        </a>
      ))}
    </nav>
  );
}
