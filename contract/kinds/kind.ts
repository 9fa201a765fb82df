import type { z } from "zod";
import type { Column } from "../columns.ts";

/** How the columns of one kind are checked and read. `Value` is what is stored of a value that is not null. */
export interface Kind<Value extends string | number> {
  /** The rules, with their messages and what the API's document says of them. */
  schema: (column: Column) => z.ZodType<Value>;
  /** The rules of a nullable column, where they are more than `schema` or nothing. */
  nullableSchema?: (column: Column) => z.ZodType<Value | null>;
  /**
   * The quick check: returns what `schema` returns, for values written as almost all are. Undefined is no verdict:
   * `schema` decides.
   */
  readPlain: (value: unknown, column: Column) => Value | undefined;
  /**
   * The regular expression of a value as almost all are written in a CSV without quotation marks, whose every byte is one
   * character of the text (Latin-1). It looks at the form alone: a value may still be beyond a limit of its kind.
   */
  plainForm: (column: Column, delimiter: string) => string;
  /**
   * Converts a value of a file, trimmed if it is a text, to what JSON should have in its place: exports write days with a
   * time and whole numbers with decimal places or in quotation marks. Other values are returned as they are.
   */
  fromFile?: (value: unknown) => unknown;
}
