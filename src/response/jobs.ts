import type { Clock, RoomJobs } from '../base/job.ts'
import { routeAlerts } from './alert.ts'
import { anchorClocks } from './anchor.ts'
import { auditClocks, countLate } from './audit.ts'
import { returnCases } from './duty.ts'
import { followMentions } from './follow.ts'
import { heatCases } from './heat.ts'
import { remindToClose } from './remind.ts'
import { sweepClocks } from './strike.ts'

const audit: Clock = {
  name: 'response.audit_clocks',
  everyMs: 30_000,
  async sweep(given) {
    await auditClocks(given)
    return 0
  },
}

export const jobs: RoomJobs = {
  tasks: {
    'response.route_alerts': routeAlerts,
    'response.heat_cases': heatCases,
    'response.follow_mentions': followMentions,
  },
  on: {
    'monitoring.mentions_stored': 'response.route_alerts',
    'monitoring.mentions_heated': 'response.heat_cases',
    'monitoring.mentions_changed': 'response.follow_mentions',
  },
  quick: ['response.route_alerts', 'response.heat_cases', 'response.follow_mentions'],
  anchor: anchorClocks,
  late: { escalations: countLate },
  clocks: [
    { name: 'response.sweep_clocks', everyMs: 1_000, sweep: sweepClocks },
    { name: 'response.return_cases', everyMs: 2_000, sweep: returnCases },
    { name: 'response.remind_to_close', everyMs: 60_000, sweep: remindToClose },
    audit,
  ],
}
