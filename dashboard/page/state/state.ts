import type { ChecksAnswer, DaysAnswer, FreshnessAnswer } from "../../server/answers.ts";
import type { Marks } from "../figures/marks.ts";
import type { ServerProblem, ServerUnavailable } from "../requests.ts";
import type { Address } from "./address.ts";
import type { PageFault } from "./page-fault.ts";
import type { View } from "./view.ts";

/** The checks of the newest data, or why there are none. */
export interface Checks {
  answer?: ChecksAnswer;
  isRunning: boolean;
  problem?: string;
}

/** All that the page shows, as a function of which it is drawn. */
export interface State {
  address: Address;
  /** The last figures, which are of another address while those of this one are loading. */
  view?: View;
  /** The search of the URL that `view` is of. */
  shown?: string;
  isLoading: boolean;
  /** Why the last request failed. */
  problem?: ServerUnavailable | ServerProblem | PageFault | undefined;
  days?: DaysAnswer;
  freshness?: FreshnessAnswer;
  checks: Checks;
  marks: Marks;
  /** Why the unusual days of the newest data are not known; undefined if they are. */
  unusualUnknown: string | undefined;
  /** For screen readers, when new figures are drawn. */
  announcement: string;
  /** Counts changes of the colour scheme, on which charts are drawn again. */
  palette: number;
  isPrinting: boolean;
}
