/**
 * SQL for: a player was in the clan of a period at the end of a day, UTC. It is true of one clan at most, and is how the warehouse
 * counts members too.
 */
export const coversEndOf = (day: string, period: string): string =>
  `${period}.joined_at < ((${day}) + 1)::timestamp at time zone 'utc'
   and coalesce(${period}.left_at, 'infinity') >= ((${day}) + 1)::timestamp at time zone 'utc'`;
