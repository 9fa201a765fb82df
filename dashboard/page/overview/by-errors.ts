import { errorsPerDau } from "../figures/measures.ts";
import { type Group, sumOfGroups } from "../figures/sums.ts";

/**
 * Countries by how many server errors they have beyond what the average of all would be for their DAU, the most first. By errors
 * per DAU, the first would be the smallest: three users with two errors.
 */
export function byErrors(countries: Group[]): Group[] {
  const average = errorsPerDau.value(sumOfGroups(countries)) ?? 0;
  const surplus = ({ sums }: Group) => sums.errors - average * sums.dau;
  return countries.toSorted((a, b) => surplus(b) - surplus(a));
}
