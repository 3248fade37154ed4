import type { Db } from '../base/db.ts'
import { pause } from '../base/job.ts'
import { served as response } from '../response/index.ts'
import { actAs } from './act.ts'
import { answering } from './story.ts'

interface Found {
  readonly cases: readonly { readonly id: number }[]
}

/**
 * Plays the duty officer of 宁波, who answers the complaint of the story. Waits for the case to appear; gives up after twenty minutes.
 */
export async function answerComplaint(db: Db, signal: AbortSignal): Promise<void> {
  const ask = await actAs(db, answering.login, [response])
  if (!ask) return
  const started = Date.now()
  while (!signal.aborted && Date.now() - started < 1_200_000) {
    const { cases } = (await ask('response.list_cases', { state: 'open', limit: 5 })) as Found
    const found = cases[0]
    if (found) {
      const from = Date.now()
      for (const { after, ask: name, text } of answering.steps) {
        await pause(Math.max(0, from + after * 1000 - Date.now()), signal)
        if (signal.aborted) return
        // A visitor may play the same officer and be quicker; the story then simply goes on.
        await ask(name, { id: found.id, ...(text !== null && { text }) }).catch(() => undefined)
      }
      return
    }
    await pause(4000, signal)
  }
}
