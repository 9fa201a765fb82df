/** The oldest install that still plays, in days. */
export const maxAge = 365;

/** How many of its chances to play a user takes, the day of the install excepted, on average. */
export const playedDays = 0.6;

// Days since the install, and the share of the installed users who play then.
const points = [
  [0, 1],
  [1, 0.4],
  [2, 0.3],
  [3, 0.245],
  [5, 0.18],
  [7, 0.15],
  [14, 0.095],
  [30, 0.06],
  [60, 0.04],
  [90, 0.03],
  [180, 0.02],
  [maxAge, 0.012],
] as const;

/** For every age in days, which share of the installed plays on that day. */
export const playing = Array.from({ length: maxAge + 1 }, (_, age) => onCurve(age));

/** For every age in days, which share of the installed has not left for good. It falls with the age. */
export const staying = playing.map((value, age) => (age === 0 ? 1 : value / playedDays));

function onCurve(age: number): number {
  const next = points.findIndex(([at]) => at >= age);
  const [toAge, to] = points[next] ?? [0, 1];
  const [fromAge, from] = points[next - 1] ?? [-1, 1];
  return from + ((to - from) * (age - fromAge)) / (toAge - fromAge);
}
