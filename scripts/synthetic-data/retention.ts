/** The oldest install that still plays, in days. */
export const maxAge = 365;

/** How many of its chances to play a user takes, the day of the install excepted, on average. */
export const playedDays = 0.6;

/**
 * For every age in days, which share of the installed plays on that day: a shifted power law, with 40 % on day 1, 18 % on
 * day 7 and 7 % on day 30.
 */
export const playing = Array.from({ length: maxAge + 1 }, (_, age) =>
  age === 0 ? 1 : 0.956 * (age + 2.18) ** -0.753,
);

/** For every age in days, which share of the installed has not left for good. It falls with the age. */
export const staying = playing.map((value, age) => (age === 0 ? 1 : value / playedDays));
