import { expect, it } from "vitest";
import { render, withParameters, withValues, withVariables } from "./templates.ts";

it("renders every variable, also one that occurs twice", () => {
  expect(render("select {{a}}, {{b}}, {{a}}", { a: "1", b: "$&" })).toBe("select 1, $&, 1");
});

it("refuses a variable that is not declared, and one that is not used", () => {
  expect(() => render("select {{a}}, {{b}}", { a: "1" })).toThrow("SQL uses b, which is not declared");
  expect(() => render("select {{a}}", { a: "1", b: "2" })).toThrow("SQL does not use b");
});

it("renders a shared statement with parameters, with variables, and with expressions", () => {
  const statement = { template: "select {{day}} where {{day}} < {{end}}", parameters: ["day", "end"] };
  expect(withParameters(statement)).toBe("select @day where @day < @end");
  expect(withVariables(statement)).toBe("select v_day where v_day < v_end");
  expect(withVariables({ template: "x in {{days}}", parameters: ["days"] })).toBe("x in unnest(v_days)");
  expect(withValues(statement, (name) => `${name}()`)).toBe("select day() where day() < end()");
  expect(() => withParameters({ ...statement, parameters: ["day"] })).toThrow("end, which is not declared");
  expect(() => withParameters({ ...statement, parameters: ["day", "end", "x"] })).toThrow("not use x");
});
