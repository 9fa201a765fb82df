import { Notice } from "../parts/notice.tsx";
import { RequestRefused, ServerProblem, WarehouseFilling } from "../requests.ts";
import { initialSelection } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import { PageFault } from "../state/page-fault.ts";
import type { State } from "../state/state.ts";
import { NoDataAdvice, SelectionAdvice, UnavailableAdvice } from "./advice.tsx";

interface PageNoticeProps {
  state: State;
  /** The selection has no rows. */
  isEmpty: boolean;
  go: Actions["go"];
}

/** What is wrong, or missing, and what to do; nothing while all is well. */
export function PageNotice({ state, isEmpty, go }: PageNoticeProps) {
  const { problem, view, days, freshness, isLoading } = state;
  const target = days?.target ?? "local";
  const staleNote = view && !isEmpty ? " The figures below are the last ones received." : "";
  if (problem instanceof WarehouseFilling) {
    return (
      <Notice kind="info" title="The warehouse is being filled for the first time">
        <Filling shareDone={problem.shareDone} />
      </Notice>
    );
  }
  if (problem instanceof RequestRefused) {
    return (
      <Notice kind="problem" title="The server doesn't take this address">
        <p>
          {problem.message.replace(/\.?$/, ".")} If the server was updated, reloading the page helps.
          {staleNote}
        </p>
        <button type="button" onClick={() => go({ selection: initialSelection, clan: "", clanName: "" })}>
          Reset the filters
        </button>
      </Notice>
    );
  }
  if (problem instanceof PageFault) {
    return (
      <Notice kind="problem" title="These figures can't be computed">
        <p>
          This is a fault of the page. Other filters, another tab or reloading the page may help.{staleNote}
        </p>
      </Notice>
    );
  }
  if (problem instanceof ServerProblem) {
    return (
      <Notice kind="problem" title="The figures can't be read at the moment">
        <p>
          {problem.message}
          {staleNote} This page keeps retrying.
        </p>
      </Notice>
    );
  }
  if (problem) {
    return (
      <Notice kind="problem" title="The dashboard's server is unavailable">
        <UnavailableAdvice target={target} staleNote={staleNote} />
      </Notice>
    );
  }
  if (days && !days.days && freshness) {
    return (
      <Notice kind="info" title="No data yet">
        <NoDataAdvice rows={freshness.rows} target={target} />
      </Notice>
    );
  }
  if (view && isEmpty && days?.days) {
    return (
      <Notice kind="info" title="No figures for this selection">
        <SelectionAdvice covered={days.days} />
        <button type="button" onClick={() => go({ selection: initialSelection })}>
          Reset the filters
        </button>
      </Notice>
    );
  }
  return isLoading && !view ? <p class="reading">Loading the figures …</p> : null;
}

/** How far a first fill has come. Screen readers hear that once, and find the bar: each percent would interrupt them. */
function Filling({ shareDone }: { shareDone: number }) {
  const percent = Math.floor(100 * shareDone);
  return (
    <>
      <p>The figures appear here by themselves as soon as that is done.</p>
      <p class="progress">
        <progress aria-label="Filled so far" max={100} value={percent} />
        <span aria-hidden="true">{percent} %</span>
      </p>
    </>
  );
}
