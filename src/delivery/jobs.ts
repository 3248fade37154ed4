import type { RoomJobs } from '../base/job.ts'
import { startSending } from './lane.ts'
import { anchor, tidy } from './outbox.ts'
import { tellOfJump } from './rest.ts'

export { sendOutbox } from './lane.ts'

export const jobs: RoomJobs = {
  tasks: {},
  on: {},
  clocks: [
    { name: 'delivery.send_outbox', everyMs: 1_000, sweep: startSending },
    {
      name: 'delivery.tidy',
      everyMs: 600_000,
      async sweep({ db }) {
        await tidy(db)
        return 0
      },
    },
  ],
  anchor,
  jumped: tellOfJump,
}
