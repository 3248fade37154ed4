import type { RoomJobs } from '../base/job.ts'
import { routeAlerts } from './alert.ts'
import { auditClocks, countLate } from './audit.ts'
import { heatCase } from './heat.ts'
import { sweepClocks } from './strike.ts'

export const jobs: RoomJobs = {
  tasks: { 'response.route_alerts': routeAlerts, 'response.heat_case': heatCase },
  on: { 'monitoring.mentions_stored': 'response.route_alerts', 'monitoring.mention_heated': 'response.heat_case' },
  quick: ['response.route_alerts', 'response.heat_case'],
  late: { escalations: countLate },
  clocks: [
    { name: 'response.sweep_clocks', everyMs: 1_000, sweep: sweepClocks },
    {
      name: 'response.audit_clocks',
      everyMs: 30_000,
      async sweep(given) {
        await auditClocks(given)
        return 0
      },
    },
  ],
}
