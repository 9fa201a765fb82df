import { Problem } from "../http/problem.ts";

export const noSuchClan = (id: string) => new Problem(404, "CLAN_NOT_FOUND", `There is no clan ${id}.`);

export const nameTaken = (clan_id: string) =>
  new Problem(409, "CLAN_NAME_TAKEN", "A clan with this name exists.", { clan_id });

/** A name that is taken whenever a clan is to have it, and free whenever its clan is looked for. */
export const nameContended = () =>
  new Problem(503, "CLAN_NAME_CONTENDED", "This name is being created and deleted; try again.", {
    headers: { "retry-after": "1" },
  });
