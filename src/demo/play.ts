import type { Db } from '../base/db.ts'
import { pause } from '../base/job.ts'
import { saveDemoSource } from '../monitoring/index.ts'
import { answerComplaint } from './answer.ts'
import { openFeed, type Published } from './feed.ts'
import { readWritten } from './history.ts'
import { type Beat, story, tell } from './story.ts'

/** The demo's feed is polled this often. */
const pollSeconds = 10
const trickleMs = 45_000

/** Opens the demo's feed and publishes the story into it, then one calm post now and then, until stopped. */
export async function playStory(db: Db): Promise<{ stop(): Promise<void> }> {
  const feed = await openFeed()
  await db.work((tx) => saveDemoSource(tx, { name: '演示信息源', url: feed.url, intervalSeconds: pollSeconds }))
  const ending = new AbortController()
  const telling = Math.floor(Date.now() / 1000) % 100_000
  const played = Promise.all([publishBeats(feed, telling, ending.signal), answerComplaint(db, ending.signal)]).catch(
    () => undefined,
  )
  return {
    async stop() {
      ending.abort()
      await played
      await feed.close()
    },
  }
}

type Feed = Awaited<ReturnType<typeof openFeed>>

async function publishBeats(feed: Feed, telling: number, signal: AbortSignal): Promise<void> {
  const started = Date.now()
  for (const posts of inOrder(telling)) {
    await pause(Math.max(0, started + posts.at * 1000 - Date.now()), signal)
    if (signal.aborted) return
    feed.publish({ ...posts.post, at: new Date() })
  }
  const { trickle } = readWritten()
  const from = telling % trickle.length
  for (const post of [...trickle.slice(from), ...trickle.slice(0, from)]) {
    await pause(trickleMs, signal)
    if (signal.aborted) return
    feed.publish({ ...post, id: `demo-${post.id}`, at: new Date() })
  }
}

/** The story with its reposts, each a post of its own by somebody else, sorted by time. */
function inOrder(telling: number): { at: number; post: Omit<Published, 'at'> }[] {
  const posts = story.flatMap((beat, place) => {
    const original = { at: beat.at, post: write(beat, telling, `${telling}-${place}`, beat.author) }
    const reposts = Array.from({ length: beat.reposts ?? 0 }, (_, repost) => ({
      at: beat.at + 4 + Math.round((repost + 1) * (28 / (beat.reposts ?? 1))),
      post: write(beat, telling, `${telling}-${place}-${repost}`, `转发的路人${(telling + repost * 17) % 997}`),
    }))
    return [original, ...reposts]
  })
  return posts.sort((a, b) => a.at - b.at)
}

const write = (beat: Beat, telling: number, id: string, author: string): Omit<Published, 'at'> => ({
  id: `story-${id}`,
  platform: beat.platform,
  kind: beat.kind,
  author,
  title: tell(beat.title, telling, beat.at),
  text: tell(beat.text, telling, beat.at),
})
