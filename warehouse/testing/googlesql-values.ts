import type { Field } from "../tables/table.ts";
import type { Value } from "../warehouse.ts";
import { fromFixedPoint, toFixedPoint } from "./fixed-point.ts";

/** GoogleSQL's `ValueProto`: at most one of its fields is set, and `value` says which; none is null. */
export interface Cell {
  value?: keyof typeof readers;
  string_value?: string;
  bool_value?: boolean;
  /** Days since 1970. */
  date_value?: number;
  int64_value?: string;
  double_value?: number;
  numeric_value?: Buffer;
  timestamp_value?: { seconds: string; nanos: number };
}

const msPerDay = 86_400_000;

/** A value of a row as GoogleSQL takes it. */
export function toCell(value: Value | undefined, type: Field["type"]): Cell {
  if (value === null || value === undefined) return {};
  return writers[type](value);
}

/** A value of GoogleSQL's answer as a row of the warehouse has it. */
export function fromCell(cell: Cell): Value {
  return cell.value === undefined ? null : readers[cell.value](cell);
}

const writers: Record<Field["type"], (value: NonNullable<Value>) => Cell> = {
  STRING: (value) => ({ string_value: String(value) }),
  DATE: (value) => ({ date_value: Date.parse(`${value}T00:00:00Z`) / msPerDay }),
  INT64: (value) => ({ int64_value: String(value) }),
  FLOAT64: (value) => ({ double_value: Number(value) }),
  NUMERIC: (value) => ({ numeric_value: toTwosComplement(toFixedPoint(String(value))) }),
  TIMESTAMP: (value) => {
    const ms = Date.parse(String(value));
    return { timestamp_value: { seconds: String(Math.floor(ms / 1_000)), nanos: (ms % 1_000) * 1_000_000 } };
  },
};

const readers = {
  string_value: (cell: Cell): Value => cell.string_value ?? "",
  bool_value: (cell: Cell): Value => cell.bool_value ?? false,
  date_value: (cell: Cell): Value =>
    new Date((cell.date_value ?? 0) * msPerDay).toISOString().slice(0, "YYYY-MM-DD".length),
  int64_value: (cell: Cell): Value => {
    const number = Number(cell.int64_value);
    if (!Number.isSafeInteger(number))
      throw new Error(`${cell.int64_value} is no exact number in JavaScript.`);
    return number;
  },
  double_value: (cell: Cell): Value => cell.double_value ?? 0,
  numeric_value: (cell: Cell): Value => fromFixedPoint(fromTwosComplement(cell.numeric_value ?? Buffer.of())),
  timestamp_value: ({ timestamp_value: time }: Cell): Value =>
    new Date(Number(time?.seconds) * 1_000 + (time?.nanos ?? 0) / 1_000_000).toISOString(),
};

/** The fewest bytes, lowest first, that keep the number and its sign. */
function toTwosComplement(number: bigint): Buffer {
  let bytes = 1;
  while (BigInt.asIntN(bytes * 8, number) !== number) bytes++;
  return Buffer.from(Array.from({ length: bytes }, (_, at) => Number((number >> BigInt(at * 8)) & 0xffn)));
}

function fromTwosComplement(bytes: Buffer): bigint {
  const number = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(bytes.length * 8, number);
}
