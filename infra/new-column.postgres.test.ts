import { type Column, columns } from "@clan-platform/contract/columns.ts";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { expect, it } from "vitest";
import { releasedTables } from "./testing/released-schemas.ts";

/** A place, in addition to contract/columns.ts, that a column of the activity row has to be added to. */
interface Place {
  name: string;
  columns: string[];
  edit: string;
}

async function findPlaces(): Promise<Place[]> {
  const database = await connect((await createTestDatabase()).adminUrl);
  const resultColumns = async (query: string) => (await database.query(query)).fields.map(({ name }) => name);
  const released = releasedTables.find(({ name }) => name === fullName(rawTable));
  return [
    {
      name: "PostgreSQL's table user_activity",
      columns: await resultColumns("select * from user_activity limit 0"),
      edit: "add a migration to service/migrations that adds it to the table",
    },
    {
      name: "PostgreSQL's function activity_changes",
      columns: await resultColumns("select * from activity_changes('now') limit 0"),
      edit: "add a migration to service/migrations that makes the function return it",
    },
    {
      name: `the warehouse's table ${fullName(rawTable)}`,
      columns: rawTable.fields.map(({ name }) => name),
      edit: "add it to the end of warehouse/tables/user_daily_metrics_raw/schema.json",
    },
    {
      name: "the released schema of that table",
      columns: (released?.columns ?? []).map(({ name }) => name),
      edit: "add it to the end of the table's columns in infra/testing/released-schemas.json",
    },
  ];
}

/** What is left to do for the declared columns; empty when every place has them all. */
const leftToDo = (declared: readonly Column[], places: Place[]): string[] =>
  declared.flatMap(({ name }) =>
    places
      .filter((place) => !place.columns.includes(name))
      .map((place) => `${name} is declared in contract/columns.ts, but not in ${place.name}: ${place.edit}.`),
  );

it("every declared column of the activity row is in every place that stores it", async () => {
  expect(leftToDo(columns, await findPlaces())).toEqual([]);
});

it("a new column is missing in each of them until it is added there", async () => {
  const places = await findPlaces();
  const added: Column = { ...columns[5], name: "friends_invited", nullable: true };
  expect(leftToDo([...columns, added], places)).toEqual(
    places.map(({ name, edit }) => {
      return `friends_invited is declared in contract/columns.ts, but not in ${name}: ${edit}.`;
    }),
  );
});
