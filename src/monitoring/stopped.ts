import { baseErrors, Refusal } from '../base/error.ts'
import { ThreadFault, threadFaults } from '../base/thread.ts'
import { monitoringErrors } from './error.ts'

/** Work on what somebody brought, whom it is told when it had to be stopped. */
export async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ThreadFault)) throw error
    if (error.reason === 'busy') throw new Refusal(baseErrors.busy)
    const { zh, en } = threadFaults[error.reason]
    throw new Refusal(monitoringErrors.items_stopped, { reason: zh, reasonEn: en })
  }
}
