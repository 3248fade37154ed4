import type { Log } from './log.ts'
import { isConnectionLost, noteLoopError } from './loop.ts'

/**
 * The last resort behind the loops. Every source of errors that is known is handled where it arises; what still comes through is
 * logged and counted. A connection that broke in some library's hands ends nothing, nor does a promise that nobody waited for.
 * Any other exception leaves the program in a state that nobody has thought of: it ends, and says so.
 */
export function guardProcess(log: Log): void {
  process.on('unhandledRejection', (reason) => noteLoopError(log, 'process', reason))
  process.on('uncaughtException', (error) => {
    noteLoopError(log, 'process', error)
    if (isConnectionLost(error)) return
    log.fatal({ err: error }, 'ended by an error that nobody caught')
    process.exit(1)
  })
}
