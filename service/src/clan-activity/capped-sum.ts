/** The largest sum that is stored and answered: what an integer of PostgreSQL holds, and of clients that were generated. */
export const mostSum = 2_147_483_647;

/**
 * SQL for the sum of a column, at most `mostSum`; 0 without rows, where `least` alone would return the most. No clan plays that much,
 * but a faulty delivery may say so, and must fail neither the refresh of all clans nor the answer about one.
 */
export const cappedSum = (column: string) => `least(coalesce(sum(${column}), 0), ${mostSum})`;
