import { amount } from "./amount.ts";
import { code } from "./code.ts";
import { count } from "./count.ts";
import { country } from "./country.ts";
import { day } from "./day.ts";
import { id } from "./id.ts";

export const kinds = { id, day, code, country, count, amount };
