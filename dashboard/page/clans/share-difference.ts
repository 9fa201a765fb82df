/** A share, with the ends of its Wilson interval. */
interface Share {
  users: number;
  retained: number;
  low: number;
  high: number;
}

/**
 * The difference of two shares, and the ends of its 95 % interval: R. G. Newcombe's hybrid score interval, method 10 in "Interval
 * estimation for the difference between independent proportions", Statistics in Medicine 17 (1998),
 * doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. It is computed from both Wilson intervals, which may overlap
 * although the shares differ.
 */
export function shareDifference(a: Share, b: Share): { difference: number; low: number; high: number } {
  const [shareA, shareB] = [a.retained / a.users, b.retained / b.users];
  const difference = shareA - shareB;
  return {
    difference,
    low: difference - Math.hypot(shareA - a.low, b.high - shareB),
    high: difference + Math.hypot(a.high - shareA, shareB - b.low),
  };
}
