import { type AnyAnswer, type Ask, createAsk } from "./questions.ts";

/** The data changed between two answers to one view. */
export class VersionChanged extends Error {
  override name = "VersionChanged";
}

type Fetch = (path: string) => Promise<AnyAnswer>;

// A few views of three years each.
const maxKept = 60;

/** The answers of one version of the data, so that a filter that was looked at before needs no request. */
export function createAnswers() {
  let version: string | null | undefined;
  let day: string | undefined;
  let kept = new Map<string, AnyAnswer>();

  return {
    /** Forgets the answers if they are of another version, or were given on another day (UTC): some depend on which days are over. */
    keepOnly(newVersion: string | null, today?: string) {
      if (newVersion !== version || today !== day) kept = new Map();
      version = newVersion;
      day = today;
    },
    /** Forgets all answers. */
    forget() {
      kept = new Map();
    },
    /**
     * Builds a view of the answers to all that it asks. A question may depend on another one's answer: those that are missing are
     * requested together, and the view is built again.
     * @throws {VersionChanged} when an answer is of other data
     */
    async build<View>(buildView: (ask: Ask) => View | undefined, fetchAnswer: Fetch): Promise<View> {
      for (;;) {
        const missing = new Set<string>();
        const ask = createAsk((path) => {
          const answer = kept.get(path);
          if (!answer) missing.add(path);
          return answer;
        });
        const view = buildView(ask);
        if (missing.size === 0) {
          if (view === undefined) throw new Error("A view that asks nothing is there at once.");
          return view;
        }
        await Promise.all([...missing].map(async (path) => keep(path, await fetchAnswer(path))));
      }
    },
  };

  function keep(path: string, answer: AnyAnswer): void {
    if (answer.version !== version) throw new VersionChanged("The data has changed.");
    kept.set(path, answer);
    for (const oldest of [...kept.keys()].slice(0, -maxKept)) kept.delete(oldest);
  }
}
