import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../base/config.ts'
import type { Db } from '../base/db.ts'
import { takeIn } from '../monitoring/index.ts'

interface Written {
  readonly id: string
  readonly platform: string
  readonly kind: string
  readonly author: string
  readonly title: string
  readonly text: string
}

const hourMs = 3_600_000
const days = 14
/** How lively each hour of the group's day is, midnight first. */
const hours = [2, 1, 1, 1, 1, 2, 4, 7, 11, 12, 12, 10, 9, 8, 9, 10, 9, 8, 9, 11, 12, 10, 7, 4]

/** The posts written for this project, in a fixed shuffled order. The last `kept` are left for the trickle after the story. */
export function readWritten(): { history: Written[]; trickle: Written[] } {
  const files = globSync('demo/training/*.jsonl', { cwd: projectRoot }).sort()
  const posts = files.flatMap((file) => {
    const lines = readFileSync(join(projectRoot, file), 'utf8').split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as Written)
  })
  const shuffled = posts.map((post, at) => ({ post, key: (at * 7919) % 10_007 })).sort((a, b) => a.key - b.key)
  const ordered = shuffled.map(({ post }) => post)
  return { history: ordered.slice(0, -400), trickle: ordered.slice(-400) }
}

/** Spreads the written posts over the past two weeks, more by day than by night, and takes them in without raising alerts. */
export async function loadHistory(db: Db, now = Date.now()): Promise<void> {
  const { history } = readWritten()
  const moments = spread(history.length, now)
  const items = history.map((post, at) => ({
    id: `demo-${post.id}`,
    platform: post.platform,
    kind: post.kind,
    author: post.author,
    title: post.title,
    text: post.text,
    published_at: new Date(moments[at] ?? now).toISOString(),
    engagement: { likes: (at * 37) % 211, comments: (at * 13) % 57, shares: (at * 7) % 23, followers: (at * 101) % 9000 },
  }))
  for (let from = 0; from < items.length; from += 500)
    await takeIn(db, items.slice(from, from + 500), { sourceId: null, demo: true, alert: 'none' })
}

/** `count` moments of the last days, oldest first, denser at lively hours and a little denser lately. */
function spread(count: number, now: number): number[] {
  const slots: { from: number; weight: number }[] = []
  for (let back = days * 24; back >= 1; back--) {
    const from = now - back * hourMs
    const hour = (new Date(from).getUTCHours() + 8) % 24
    slots.push({ from, weight: (hours[hour] ?? 1) * (1 + (days * 24 - back) / (days * 48)) })
  }
  const whole = slots.reduce((sum, slot) => sum + slot.weight, 0)
  const moments: number[] = []
  let carried = 0
  for (const { from, weight } of slots) {
    carried += (weight / whole) * count
    const here = Math.round(carried) - moments.length
    for (let at = 0; at < here; at++) moments.push(Math.floor(from + ((at + 0.5) / here) * hourMs))
  }
  return moments
}
