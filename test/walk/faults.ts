import type { Walk } from './house.ts'

const postmasterSignals = ['SIGKILL', 'SIGINT', 'SIGQUIT', 'SIGINT'] as const

/** One fault, as the dice fall. Answers what it was. */
export async function strike(walk: Walk, pick: () => number): Promise<string> {
  const [serve, work] = walk.programs
  const fall = pick()
  const signal = pick() < 0.6 ? 'SIGKILL' : 'SIGTERM'
  if (fall < 0.15) {
    serve?.end(signal)
    return `serve ${signal}`
  }
  if (fall < 0.3) {
    const [back] = await walk.ask<{ pid: number }>(
      `select substring(application_name from '[0-9]+')::int as pid from pg_stat_activity where application_name like 'anlan serve.back %'`,
    )
    if (back) end(back.pid, signal)
    return `back ${signal}`
  }
  if (fall < 0.45) {
    work?.end(signal)
    return `work ${signal}`
  }
  if (fall < 0.58) {
    const how = postmasterSignals[Math.floor(pick() * postmasterSignals.length)] ?? 'SIGKILL'
    return killPostmaster(walk, how)
  }
  if (fall < 0.66) {
    const [backend] = await walk.ask<{ pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by random() limit 1`,
    )
    if (backend) end(backend.pid, 'SIGKILL')
    return 'backend SIGKILL'
  }
  const all = pick() < 0.4
  await walk.ask(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename like 'anlan%' and ($1 or random() < 0.3)`,
    [all],
  )
  return all ? 'all connections' : 'some connections'
}

/** SIGINT is a fast restart, SIGQUIT an immediate one, SIGKILL leaves the other processes to notice. */
export async function killPostmaster(walk: Walk, signal: NodeJS.Signals): Promise<string> {
  const pid = await walk.postmaster()
  if (pid !== null) end(pid, signal)
  return `postmaster ${signal}`
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone by itself meanwhile.
  }
}
