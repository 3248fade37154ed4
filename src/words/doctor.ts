import { statfs } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { readConfig } from '../base/config.ts'
import { logins } from '../base/db.ts'
import { dataDirectory } from '../base/embedded.ts'
import { readMigrations } from '../base/migrate.ts'
import { isConsoleBuilt } from './build.ts'
import { findServer } from './open.ts'
import { findLeftovers } from './replace.ts'
import { readArgs } from './talk.ts'

const usage = `npx anlan doctor
  逐项体检，有问题的给出办法；退出码 1 表示有发现。Looks for what is wrong and says what to do; exit 1 when something is.`

interface Finding {
  readonly ok: boolean
  readonly zh: string
  readonly en: string
  readonly next?: string
}

export async function run(args: string[]): Promise<number> {
  if (!readArgs(args, usage, {})) return 0
  const config = readConfig()
  const findings: Finding[] = []
  const free = await statfs(config.DATABASE_URL ? '.' : await dataDirectory(config.ANLAN_DATA)).catch(() => statfs('.'))
  const freeGb = (free.bavail * free.bsize) / 1e9
  findings.push({
    ok: freeGb > 2,
    zh: `磁盘可用 ${freeGb.toFixed(1)} GB`,
    en: 'free disk space',
    next: '清理或扩容，建议保留 10 GB 以上',
  })
  findings.push({ ok: isConsoleBuilt(), zh: '控制台页面已构建', en: 'console is built', next: 'npx anlan build' })
  const { adminUrl, stop } = await findServer(config)
  try {
    const held = await isHeld(adminUrl)
    if (held)
      findings.push({
        ok: false,
        zh: '由备份恢复，邮件、外发接口与来源抓取已暂停',
        en: 'a restored copy: no mail, no webhooks, no fetching',
        next: '确认只有这一份在用后：npx anlan outward open / once this is the one in use',
      })
    else if (config.SMTP_URL) findings.push(await checkMail(config.SMTP_URL))
    else findings.push({ ok: true, zh: '未配置邮件（只用站内提醒）', en: 'no mail configured; notices stay in the console' })
    findings.push(...(await checkDatabase(adminUrl)), ...(await checkLeftovers(adminUrl)))
  } finally {
    await stop?.()
  }
  for (const { ok, zh, en, next } of findings)
    process.stdout.write(`${ok ? '✓' : '✗'} ${zh} · ${en}${ok || !next ? '' : `\n    → ${next}`}\n`)
  const wrong = findings.filter(({ ok }) => !ok).length
  process.stdout.write(wrong === 0 ? '一切正常。All is well.\n' : `${wrong} 项需要处理。${wrong} to look at.\n`)
  return wrong === 0 ? 0 : 1
}

async function checkMail(url: string): Promise<Finding> {
  const transport = createTransport({ url, connectionTimeout: 5000 })
  const ok = await transport.verify().then(
    () => true,
    () => false,
  )
  transport.close()
  return { ok, zh: '邮件服务器可达', en: 'mail server answers', next: '核对 SMTP_URL 的主机、端口与口令' }
}

async function isHeld(adminUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5000 })
  await client.connect()
  try {
    const { rows: known } = await client.query<{ there: string | null }>(`select to_regclass('base.setting') as there`)
    if (!known[0]?.there) return false
    const { rowCount } = await client.query(`select from base.setting where name = 'outward_held' and value <> 'false'::jsonb`)
    return rowCount === 1
  } finally {
    await client.end()
  }
}

async function checkLeftovers(adminUrl: string): Promise<Finding[]> {
  const { unfinished, before } = await findLeftovers(adminUrl)
  return [
    {
      ok: !unfinished,
      zh: unfinished ? '上次恢复（或清空）没有完成，原有数据未动' : '没有未完成的恢复',
      en: unfinished ? 'the last restore did not finish; the data before it is untouched' : 'no restore is unfinished',
      next: '重新执行，或用 npx anlan restore --forget 删除半成品 / say it again, or drop what is unfinished',
    },
    ...before.map((name) => ({
      ok: false,
      zh: `恢复前的旧数据库仍在：${name}`,
      en: 'the database before a restore is still there',
      next: '确认不再需要后：npx anlan restore --forget / when it is no longer needed',
    })),
  ]
}

async function checkDatabase(adminUrl: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5000 })
  await client.connect()
  const count = async (sql: string): Promise<number> =>
    Number((await client.query<{ n: string }>(`select count(*) as n from (${sql}) rows`)).rows[0]?.n ?? 0)
  try {
    const { rows } = await client.query<{ version: string; number: string }>(
      `select current_setting('server_version') as version, current_setting('server_version_num') as number`,
    )
    const server = rows[0]
    const known = await client.query<{ there: string | null }>(`select to_regclass('public.anlan_migration') as there`)
    const applied = known.rows[0]?.there ? await count('select number from public.anlan_migration') : 0
    const wanted = readMigrations().length
    const findings: Finding[] = [
      {
        ok: Number(server?.number) >= 150_000,
        zh: `PostgreSQL ${server?.version}`,
        en: 'server version',
        next: '需要 PostgreSQL 15 或以上',
      },
      { ok: applied === wanted, zh: `数据库版本 ${applied}/${wanted}`, en: 'schema version', next: 'npx anlan migrate' },
    ]
    if (applied !== wanted) return findings
    const list = logins.map((login) => `'${login}'`).join(',')
    const loose = await count(`select from pg_roles where rolname in (${list}) and (rolsuper or rolbypassrls or rolcreaterole)
      union all select from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname in (${list})`)
    findings.push({
      ok: loose === 0,
      zh: '数据库登录角色互不从属、不能绕过策略',
      en: 'logins are members of nothing and cannot bypass policies',
      next: '收回多余的角色成员关系或属性',
    })
    const open = await count(`select from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('base', 'access', 'privacy', 'delivery', 'monitoring', 'response') and not (relrowsecurity and relforcerowsecurity)`)
    findings.push({
      ok: open === 0,
      zh: '所有表已启用行级策略',
      en: 'every table is under policies',
      next: '有表被关闭了行级安全，请联系安全管理员',
    })
    const stuck = await count(`select from graphile_worker._private_jobs where attempts >= max_attempts`)
    findings.push({ ok: stuck === 0, zh: `后台任务失败 ${stuck} 个`, en: 'jobs that gave up', next: '查看日志中的 queue 记录' })
    const late = await count(
      `select from graphile_worker._private_jobs where run_at < now() - interval '5 minutes' and attempts < max_attempts`,
    )
    findings.push({
      ok: late === 0,
      zh: `积压超过 5 分钟的任务 ${late} 个`,
      en: 'jobs waiting for over five minutes',
      next: '确认 serve 或 work 正在运行',
    })
    const failing = await count(`select from monitoring.source where enabled and failures >= 3`)
    findings.push({
      ok: failing === 0,
      zh: `连续抓取失败的来源 ${failing} 个`,
      en: 'sources that fail',
      next: '在“监测来源”页查看原因',
    })
    return findings
  } finally {
    await client.end()
  }
}
