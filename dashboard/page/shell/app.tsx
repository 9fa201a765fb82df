import { useLayoutEffect } from "preact/hooks";
import { WhatChanged } from "../changes/what-changed.tsx";
import { Clans } from "../clans/clans.tsx";
import { Explore } from "../explore/explore.tsx";
import { Health } from "../health/health.tsx";
import { UnusualDays, UnusualHeadlines } from "../health/unusual-days.tsx";
import { Overview } from "../overview/overview.tsx";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import type { About } from "../parts/panel.tsx";
import { People } from "../people/people.tsx";
import { Retention } from "../retention/retention.tsx";
import type { Actions } from "../state/page.ts";
import type { State } from "../state/state.ts";
import type { View } from "../state/view.ts";
import { aboutOf } from "./about.ts";
import { Filters } from "./filters.tsx";
import { useKeptFocus } from "./kept-focus.ts";
import { PageNotice } from "./page-notice.tsx";
import { Tabs } from "./tabs.tsx";
import { TrustStrip } from "./trust-strip.tsx";

interface AppProps {
  state: State;
  actions: Actions;
}

/** The whole page, as a function of its state. */
export function App({ state, actions: { go } }: AppProps) {
  const { address, view, days, isLoading, shown } = state;
  const isEmpty = view?.tab === "overview" && view.figures.platforms.length === 0;
  const about = view && aboutOf(view.frame);
  useKeptFocus();
  // After the charts have been drawn, which are below.
  useLayoutEffect(() => {
    if (shown === undefined) return;
    performance.mark("drawn");
    document.documentElement.dataset.drawn = shown || "?";
  }, [shown, view]);
  return (
    <>
      <a class="skip" href="#figures">
        Skip to the figures
      </a>
      <header class="page-head">
        <h1>Clan platform metrics</h1>
        <p id="source">{days ? `From the ${days.source}` : ""}</p>
      </header>
      <TrustStrip state={state} go={go} />
      <Tabs address={address} go={go} />
      <Filters
        address={address}
        known={view && days?.days ? { range: view.frame.resolved.range, covered: days.days } : undefined}
        countries={view?.countries ?? []}
        go={go}
      />
      <main id="figures" tabIndex={-1}>
        <p class="on-paper">{about?.words}</p>
        <div id="notice" role="status">
          <PageNotice state={state} isEmpty={isEmpty} go={go} />
        </div>
        <div id="panels" hidden={!view || isEmpty || !days?.days} aria-busy={isLoading}>
          {view && about && !isEmpty && (
            <ErrorBoundary drawnFrom={[view, shown]}>
              <Content view={view} about={about} state={state} go={go} />
            </ErrorBoundary>
          )}
        </div>
      </main>
      <p class="unseen" role="status">
        {state.announcement}
      </p>
    </>
  );
}

interface ContentProps {
  view: View;
  about: About;
  state: State;
  go: Actions["go"];
}

function Content({ view, about, state, go }: ContentProps) {
  const { address, palette, isPrinting, checks, marks, unusualUnknown, days } = state;
  switch (view.tab) {
    case "overview":
      return (
        <>
          <UnusualHeadlines unusual={marks.unusual} go={go} />
          <Overview
            marks={marks}
            view={view}
            address={address}
            about={about}
            isPrinting={isPrinting}
            palette={palette}
            go={go}
          />
        </>
      );
    case "people":
      return <People view={view} about={about} palette={palette} />;
    case "retention":
      return <Retention view={view} about={about} palette={palette} />;
    case "clans":
      return <Clans view={view} address={address} about={about} palette={palette} go={go} />;
    case "explore":
      return <Explore marks={marks} view={view} address={address} about={about} palette={palette} go={go} />;
    case "changes":
      return <WhatChanged view={view} address={address} about={about} go={go} />;
    case "health":
      return (
        <>
          {days?.days && (
            <UnusualDays unusual={marks.unusual} unknown={unusualUnknown} covered={days.days} about={about} />
          )}
          <Health checks={checks} about={about} />
        </>
      );
  }
}
