import type { JobContext, RoomJobs } from '../base/job.ts'
import { sendMail } from './mail.ts'
import { type Letter, lease, settle, tidy } from './outbox.ts'
import { postEvent } from './post.ts'

/** Sends what is due, a few letters side by side. One that nobody takes is tried again later; the rest do not wait for it. */
export async function sendOutbox({ db, log }: Pick<JobContext, 'db' | 'log'>): Promise<number> {
  const letters = await lease(db, 8)
  await Promise.all(
    letters.map(async (letter: Letter) => {
      const outcome = await (letter.channel === 'mail' ? sendMail(letter) : postEvent(letter))
      if (!outcome.sent)
        log.warn({ letter: letter.id, channel: letter.channel, tries: letter.tries, problem: outcome.problem }, 'not sent')
      await settle(db, letter, outcome)
    }),
  )
  return letters.length
}

export const jobs: RoomJobs = {
  tasks: {},
  on: {},
  clocks: [
    { name: 'delivery.send_outbox', everyMs: 1_000, sweep: sendOutbox },
    {
      name: 'delivery.tidy',
      everyMs: 3_600_000,
      async sweep({ db }) {
        await tidy(db)
        return 0
      },
    },
  ],
}
