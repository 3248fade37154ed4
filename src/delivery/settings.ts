import { type Config, readConfig, variables } from '../base/config.ts'

/** What sending needs to know of the environment. Read when something is sent, so that a test or an operator may change it. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Config {
  return readConfig(Object.fromEntries(Object.entries(environment).filter(([name]) => (variables as string[]).includes(name))))
}

/** The address of a page, for those who read of it outside the console. */
export const linkTo = (path: string, { ANLAN_PUBLIC_URL, ANLAN_HOST, ANLAN_PORT }: Config): string =>
  new URL(path, ANLAN_PUBLIC_URL ?? `http://${ANLAN_HOST}:${ANLAN_PORT}`).href
