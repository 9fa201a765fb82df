/** How a user calls a command, up to its arguments and options. */
export function invocation(name: string, script = name): string {
  const run = script === "start" ? "npm start --" : `npm run ${script} --`;
  return script === name ? run : `${run} ${name}`;
}
