import { resolve } from 'node:path'
import { z } from 'zod'
import { readTrust } from './address.ts'

/** Root of the checkout; everything the program reads of itself is found from here. */
export const projectRoot = resolve(import.meta.dirname, '../..')

const flag = (fallback: boolean) =>
  z
    .enum(['0', '1', 'true', 'false', 'yes', 'no'])
    .optional()
    .transform((value) => (value === undefined ? fallback : ['1', 'true', 'yes'].includes(value)))

const Environment = z.object({
  ANLAN_HOST: z.string().min(1).default('127.0.0.1'),
  ANLAN_PORT: z.coerce.number().int().min(0).max(65_535).default(8700),
  ANLAN_DATA: z.string().min(1).optional(),
  ANLAN_SECRET: z.string().min(32, 'at least 32 characters / 至少 32 个字符').optional(),
  ANLAN_DEMO: flag(true),
  ANLAN_PUBLIC_URL: z.url().optional(),
  ANLAN_TRUST_PROXY: z
    .string()
    .default('0')
    .transform((text, context) => {
      const trust = readTrust(text)
      if (!trust) context.addIssue('a number of hops (0 … 9) or addresses and networks / 跳数（0–9）或代理的地址、网段')
      return trust ?? z.NEVER
    }),
  ANLAN_METRICS_TOKEN: z.string().min(16, 'at least 16 characters / 至少 16 个字符').optional(),
  ANLAN_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ANLAN_FETCH_PRIVATE: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((host) => host.trim())
        .filter(Boolean),
    ),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_FROM: z.string().min(3).default('安澜 <anlan@localhost>'),
})

export type Config = z.output<typeof Environment>

/** What each variable means, for the README test and for `doctor`. */
export const variables = Object.keys(Environment.shape) as (keyof Config)[]

export class ConfigFault extends Error {
  override name = 'ConfigFault'
}

/**
 * Reads the configuration from the environment. Throws a `ConfigFault` that names every fault at once.
 * An empty variable counts as not set, as shells and container files make them.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in Environment.shape && value !== ''),
  )
  const unknown = Object.keys(environment).filter((name) => name.startsWith('ANLAN_') && !(name in Environment.shape))
  const parsed = Environment.safeParse(given)
  const faults = [
    ...unknown.map((name) => `${name}: 没有这个配置项 / no such setting`),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
  ]
  if (parsed.success && parsed.data.DATABASE_URL && !parsed.data.ANLAN_SECRET)
    faults.push('ANLAN_SECRET: 使用自有数据库时必须设置 / required with DATABASE_URL')
  if (faults.length > 0 || !parsed.success)
    throw new ConfigFault(
      `配置有误，未启动 / The configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
  return parsed.data
}
