/** SQL for a time as text in UTC, to the microsecond: a JavaScript Date would truncate it to milliseconds, and pages would miss rows. */
export const utcText = (time: string) =>
  `to_char((${time}) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
