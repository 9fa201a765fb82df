import type { CohortsAnswer, FiguresAnswer, PeopleAnswer } from "../../server/answers.ts";
import type {
  ClanAnswer,
  ClansAnswer,
  FoundClansAnswer,
  MembershipRetentionAnswer,
} from "../../server/clan-answers.ts";
import type { Range } from "../figures/periods.ts";
import { type Answer, readAnswer } from "../figures/read-answer.ts";
import type { Grain } from "./address.ts";

/** A question to the server: the sums of daily_metrics in these groups. */
export interface Question extends Range {
  /** Days of the range that are left out. */
  without?: string[];
  by: ("day" | "country" | "platform" | "membership")[];
  grain?: Grain;
  platform?: string | undefined;
  countries?: string[];
}

/** A question about the people of a platform and a country, or of all. */
export interface PeopleQuestion extends Range {
  platform: string | undefined;
  country: string | undefined;
}

/** A question about the installs of these days, as far as `until`, the last complete day if there is one. */
export type CohortsQuestion = Range & { until: string | undefined } & Pick<
    Question,
    "platform" | "countries"
  >;

/** Returns the answer if it is there; otherwise undefined, and it is requested. */
export type AskFigures = (question: Question) => Answer | undefined;

/** Asks for figures, and the same way for the rest. */
export interface Ask extends AskFigures {
  people(question: PeopleQuestion): PeopleAnswer | undefined;
  cohorts(question: CohortsQuestion): CohortsAnswer | undefined;
  clans(range: Range): ClansAnswer | undefined;
  foundClans(question: Range & { text: string }): FoundClansAnswer | undefined;
  clan(question: Range & { id: string }): ClanAnswer | undefined;
  membershipRetention(range: Range): MembershipRetentionAnswer | undefined;
}

/** Every answer says of which data it is. */
type Unchanged =
  | PeopleAnswer
  | CohortsAnswer
  | ClansAnswer
  | FoundClansAnswer
  | ClanAnswer
  | MembershipRetentionAnswer;
export type AnyAnswer = Answer | Unchanged;
export type AnyJson = FiguresAnswer | Unchanged;

/** Figures come in columns; the others are used as they are sent. */
export const toAnswer = (json: AnyJson): AnyAnswer => ("sums" in json ? readAnswer(json) : json);

/** Asks by the path of a question, which is the same for the same question. */
export function createAsk(answerTo: (path: string) => AnyAnswer | undefined): Ask {
  const figures = (question: Question) => answerTo(figuresPath(question)) as Answer | undefined;
  return Object.assign(figures, {
    people: ({ from, to, platform, country }: PeopleQuestion) =>
      answerTo(pathOf("people", { from, to, platform, country })) as PeopleAnswer | undefined,
    cohorts: ({ from, to, until, platform, countries = [] }: CohortsQuestion) =>
      answerTo(pathOf("cohorts", { from, to, until, platform, country: countries.join(",") })) as
        | CohortsAnswer
        | undefined,
    clans: ({ from, to }: Range) => answerTo(pathOf("clans", { from, to })) as ClansAnswer | undefined,
    foundClans: ({ from, to, text }: Range & { text: string }) =>
      answerTo(pathOf("found-clans", { from, to, text })) as FoundClansAnswer | undefined,
    clan: ({ from, to, id }: Range & { id: string }) =>
      answerTo(pathOf("clan", { from, to, id })) as ClanAnswer | undefined,
    membershipRetention: ({ from, to }: Range) =>
      answerTo(pathOf("membership-retention", { from, to })) as MembershipRetentionAnswer | undefined,
  });
}

const figuresPath = ({
  from,
  to,
  without = [],
  by,
  grain = "day",
  platform,
  countries = [],
}: Question): string =>
  pathOf("figures", {
    from,
    to,
    without: without.join(","),
    by: by.join(","),
    grain: grain === "day" ? "" : grain,
    platform,
    country: countries.join(","),
  });

function pathOf(route: string, parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `api/${route}?${new URLSearchParams(given).toString().replaceAll("%2C", ",")}`;
}
