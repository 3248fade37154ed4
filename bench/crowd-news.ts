import { createHmac } from 'node:crypto'
import { request } from 'undici'

const mark = Buffer.from('贴号')

/** One in twenty is a complaint that wants an answer; the others are what people say all day. */
const praise = '护士态度很好,环境干净,挂号也快,给个好评。'
const plain = '请问停车场从哪个门进比较方便,周末挂号要提前几天?'
const grumble = '挂号排队排了一个多小时,大厅里又闷又挤,真不想再来了。'
const complaint = '多收我家检查费,收费处和医保办互相推诿,没有人解释,要求退费并书面答复,不处理就找媒体曝光。'

export interface Branch {
  readonly id: number
  readonly name: string
}

/** Brings so many posts a second in by webhook, each with its number in the title, and knows when each was stored. */
export function openNews(given: { url: string; sourceId: number; secret: string; branches: readonly Branch[] }) {
  const storedAt: number[] = []
  const branchOf: number[] = []
  let refused = 0
  let made = 0

  const bring = async (count: number) => {
    const from = made
    const items = Array.from({ length: count }, () => {
      const nr = made++
      const branch = given.branches[nr % given.branches.length] as Branch
      branchOf[nr] = branch.id
      const said = nr % 20 === 0 ? complaint : [praise, plain, grumble][nr % 3]
      return {
        id: `crowd-${nr}`,
        platform: 'weibo',
        kind: 'post',
        author: `路人${nr}`,
        title: `${branch.name}贴号${nr}号`,
        text: `${branch.name}第${nr}号:${said}`,
        published_at: new Date().toISOString(),
      }
    })
    const body = JSON.stringify(items)
    const stamp = String(Math.floor(Date.now() / 1000))
    const signature = `sha256=${createHmac('sha256', given.secret).update(`${stamp}.${body}`).digest('hex')}`
    const headers = { 'content-type': 'application/json', 'x-anlan-timestamp': stamp, 'x-anlan-signature': signature }
    const reply = await request(`${given.url}/intake/${given.sourceId}`, { method: 'POST', headers, body }).catch(() => null)
    await reply?.body.dump()
    if (reply?.statusCode !== 200) refused += count
    else for (let nr = from; nr < from + count; nr++) storedAt[nr] = performance.now()
  }

  return {
    /** Ten calls a second, whatever the rate. */
    start(perSecond: number): () => void {
      const first = made
      let carried = 0
      const timer = setInterval(() => {
        carried += perSecond / 10
        const count = Math.floor(carried)
        carried -= count
        if (count > 0) void bring(count)
      }, 100)
      return () => {
        clearInterval(timer)
        if (made === first) throw new Error('nothing was brought')
      }
    },
    get brought() {
      return made
    },
    get refused() {
      return refused
    },
    /** What one page shows: of each post of its units, how long after it was stored it was there, or a newer one in its place. */
    viewOf(branchId: number | null) {
      let next = made
      return {
        saw(body: Buffer, freshness: number[]): void {
          const at = body.indexOf(mark)
          if (at < 0) return
          const newest = Number.parseInt(body.toString('latin1', at + mark.length, at + mark.length + 9), 10)
          const now = performance.now()
          for (; next <= newest; next++) {
            const stored = storedAt[next]
            if (branchId !== null && branchOf[next] !== branchId) continue
            if (stored !== undefined && (branchId !== null || next % 10 === 0)) freshness.push(Math.max(0, now - stored))
          }
        },
      }
    },
  }
}

export type News = ReturnType<typeof openNews>
