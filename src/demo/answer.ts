import { loadActor } from '../access/index.ts'
import type { Actor, Db } from '../base/db.ts'
import { pause } from '../base/job.ts'
import { serve } from '../base/serve.ts'
import { openTrail } from '../privacy/index.ts'
import { served as response } from '../response/index.ts'
import { answering } from './story.ts'

interface Found {
  readonly cases: readonly { readonly id: number; readonly title: string; readonly unit: { readonly code: string } }[]
}

/**
 * Plays the duty officer of 宁波, who answers the complaint of the story: through the same asks, rights and trail as anybody.
 * Waits for the case to appear; gives up after twenty minutes.
 */
export async function answerComplaint(db: Db, signal: AbortSignal): Promise<void> {
  const trail = openTrail(db)
  const call = serve({ db, rooms: [response], trail })
  const actor = await findActor(db)
  if (!actor) return
  const caller = { actor, address: '127.0.0.1', sessionHash: null, refresh: () => findActor(db), setSession: () => undefined }
  const started = Date.now()
  while (!signal.aborted && Date.now() - started < 1_200_000) {
    const { cases } = (await call(caller, 'response.list_cases', { state: 'open', order: 'newest', limit: 5 })) as Found
    const found = cases[0]
    if (found) {
      await act(found.id)
      return
    }
    await pause(4000, signal)
  }

  async function act(id: number): Promise<void> {
    const from = Date.now()
    for (const { after, ask, text } of answering.steps) {
      await pause(Math.max(0, from + after * 1000 - Date.now()), signal)
      if (signal.aborted) return
      // A visitor may play the same officer and be quicker; the story then simply goes on.
      await call(caller, ask, { id, ...(text !== null && { text }) }).catch(() => undefined)
    }
  }
}

async function findActor(db: Db): Promise<Actor | null> {
  return db.door(async (tx) => {
    const person = await tx.selectFrom('access.person').where('login', '=', answering.login).select('id').executeTakeFirst()
    return person ? loadActor(tx, person.id) : null
  })
}
