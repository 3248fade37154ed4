import type { JobContext } from '../src/base/job.ts'
import { openLog } from '../src/base/log.ts'
import { jobs } from '../src/response/index.ts'
import { type House, openHouse } from './harness.ts'

/** A mention as a test sets it; what is left out is an ordinary complaint about fees. */
export interface Said {
  readonly unit: string
  readonly severity?: number
  readonly category?: string
  readonly title?: string
  readonly heat?: number
  readonly demo?: boolean
  readonly sentiment?: string
}

/** A house in which mentions can be said and clocks moved. */
export interface Scene extends House {
  readonly given: JobContext
  readonly units: ReadonlyMap<string, { id: number; branchId: number; regionId: number; name: string }>
  readonly people: ReadonlyMap<string, number>
  /** Stores mentions as monitoring does, without raising alerts. */
  say(...said: Said[]): Promise<number[]>
  /** Hands mentions to the room's own job, as the fact would. */
  route(mentionIds: readonly number[]): Promise<void>
  /** A mention was said so often by now: hands that to the room's own job, as the fact would. */
  heat(mentionId: number, heat: number): Promise<void>
  /** Hands corrected or newly judged mentions to the room's own job. */
  follow(mentionIds: readonly number[], corrected?: boolean): Promise<void>
  /** Says one mention, routes it and gives the number of its case. */
  alert(said: Said): Promise<number>
  /** The same, as a case of its own: the cases before are too old to be joined. */
  alone(said: Said): Promise<number>
  /** Lets a case's clock run out, and strikes it. */
  runOut(caseId: number): Promise<void>
  sweep(): Promise<number>
  /** Runs one of the room's clocks. */
  clock(name: string): Promise<number>
  case(id: number): Promise<Record<string, unknown> & { state: string; holder: string; clock: number }>
  kinds(id: number): Promise<string[]>
}

const clockNamed = (name: string) => {
  const found = jobs.clocks.find((clock) => clock.name === name)
  if (!found) throw new Error(`no clock ${name}`)
  return found
}

export async function openScene(): Promise<Scene> {
  const house = await openHouse()
  const given: JobContext = { db: house.db, log: openLog('silent'), signal: new AbortController().signal }
  const units = await house.admin<{ id: number; code: string; branchId: number; regionId: number; name: string }>(
    `select id, code, branch_id as "branchId", region_id as "regionId", name from access.unit`,
  )
  const byCode = new Map(units.map((unit) => [unit.code, unit]))
  const people = await house.admin<{ id: number; login: string }>('select id, login from access.person')
  const scene: Scene = {
    ...house,
    given,
    units: byCode,
    people: new Map(people.map(({ login, id }) => [login, id])),
    async say(...said) {
      const ids: number[] = []
      for (const {
        unit,
        severity = 2,
        category = 'fees',
        title = '收费问题',
        heat = 1,
        demo = false,
        sentiment = 'negative',
      } of said) {
        const at = byCode.get(unit)
        const [row] = await house.admin<{ id: number }>(
          `with post as (
             insert into monitoring.post (platform, kind, author, title, text, published_at, likes, comments, shares, followers,
               intake_key, text_key, units, judgement, demo)
             values ('weibo', 'post', '某人', $5, '', now(), 0, 0, 0, 0, gen_random_uuid(), gen_random_uuid(), array[$1::int], '{}', $7)
             returning id, published_at)
           insert into monitoring.mention (post_id, branch_id, region_id, severity, category, title, heat, demo, sentiment,
             published_at, triage, platform, kind, author, excerpt, folded, grams)
           select id, $1, $2, $3, $4, $5, $6, $7, $8, published_at, 'appeal', 'weibo', 'post', '某人', '', '', ''
           from post returning id`,
          [at?.branchId, at?.regionId, severity, category, title, heat, demo, sentiment],
        )
        ids.push(row?.id ?? 0)
      }
      return ids
    },
    route: async (mentionIds) => jobs.tasks['response.route_alerts']?.({ mentionIds }, given),
    async heat(mentionId, heat) {
      const [had] = await house.admin<{ heat: number }>(`select heat from monitoring.mention where id = $1`, [mentionId])
      await house.admin(`update monitoring.mention set heat = $2 where id = $1`, [mentionId, heat])
      await jobs.tasks['response.heat_cases']?.({ mentionIds: [mentionId], before: [had?.heat ?? 0] }, given)
    },
    follow: async (mentionIds, corrected = false) => jobs.tasks['response.follow_mentions']?.({ mentionIds, corrected }, given),
    async alert(said) {
      const ids = await scene.say(said)
      await scene.route(ids)
      const [row] = await house.admin<{ caseId: number }>(
        'select case_id as "caseId" from response.alert where mention_id = $1',
        ids,
      )
      return row?.caseId ?? 0
    },
    async alone(said) {
      await house.admin(`update response.case set last_alert_at = now() - interval '3 hours'`)
      return scene.alert(said)
    },
    async runOut(caseId) {
      await house.admin(
        `update response.case set strikes_at = now() - interval '1 second', due_at = least(due_at, now() - interval '1 second')
        where id = $1 and strikes_at is not null`,
        [caseId],
      )
      await scene.sweep()
    },
    sweep: () => clockNamed('response.sweep_clocks').sweep(given),
    clock: (name) => clockNamed(name).sweep(given),
    async case(id) {
      const [row] = await house.admin<Record<string, unknown>>('select * from response.case where id = $1', [id])
      return row as Awaited<ReturnType<Scene['case']>>
    },
    async kinds(id) {
      const rows = await house.admin<{ kind: string }>('select kind from response.case_event where case_id = $1 order by id', [
        id,
      ])
      return rows.map(({ kind }) => kind)
    },
  }
  return scene
}
