import type pg from "pg";
import { withoutIndexOfNames } from "./without-index-of-names.ts";

const syllables = [..."bcdfghjklmnprstvwxyz"].flatMap((consonant) =>
  [..."aeiou"].map((vowel) => consonant + vowel),
);

/** The id of the nth clan of `fillClans`, from 0, known without a query. */
export const clanId = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

const syllable = (place: number) =>
  `(array['${syllables.join("','")}'])[1 + (hashint8(n * 8 + ${place}) & 2147483647) % ${syllables.length}]`;
const word = (places: number[]) => `initcap(${places.map(syllable).join(" || ")})`;

/** Two made-up words and the clan's number, such as "Dakilone Bugami 1234567"; the oldest tenth are "Knights Dakilone …". */
const nameSql = `case when n < $1::int / 10 then 'Knights ' else '' end || ${word([1, 2, 3, 4])} || ' ' || ${word([5, 6, 7])} || ' ' || n`;

/** Three syllables in a row, as a player types a half-remembered name: a few of `fillClans` match. */
export const rareName = () =>
  Array.from({ length: 3 }, () => syllables[Math.floor(Math.random() * syllables.length)]).join("");

/**
 * Texts for which a search among the clans of `fillClans` would read most of them, if it had no bound: without letters, in nobody's
 * name, in many names, in many but only the oldest, of the greatest length, and of several scripts.
 */
export const nastyTexts = [
  ...["!!!", "%%%", "___", "\\\\\\", "🦉🦉🦉", "Ωж龍🦉"],
  ...["ani", "bab", "111", "knights", "s d", "knights of old"],
  ...["x".repeat(64), "ko".repeat(32), "a1".repeat(32), "🦉".repeat(64)],
];

/** Fills the table with clans, the nth 7 seconds after the one before; building the index of names over them is much faster. */
export async function fillClans(client: pg.Client, count: number): Promise<void> {
  await client.query("set maintenance_work_mem = '256MB'");
  await withoutIndexOfNames(client, () =>
    client.query(
      `insert into clans (id, name, region, created_at)
     select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
            ${nameSql},
            (array['EU', 'US', 'TR', 'JP', null])[1 + n % 5],
            timestamptz '2024-01-01' + n * interval '7 seconds'
     from generate_series(0, $1::int - 1) n`,
      [count],
    ),
  );
  await client.query("vacuum analyze clans");
}
