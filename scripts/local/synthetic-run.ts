/** What a first start generates, in addition to its number of rows and its last day. */
export const syntheticRun = { days: 30, seed: 1 };
