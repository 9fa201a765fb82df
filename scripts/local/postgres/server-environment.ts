/**
 * The environment of PostgreSQL's own programs: that of this process without a locale, which this machine may not have generated,
 * and without PostgreSQL's variables, which are another server's.
 */
export function serverEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(LC_|LANG$|LANGUAGE$|PG)/i.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}
