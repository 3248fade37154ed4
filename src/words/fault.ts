import { ConfigFault } from '../base/config.ts'
import { baseErrors, errorBody } from '../base/error.ts'
import { MigrationFault } from '../base/migrate.ts'
import { asRefusal } from '../base/serve.ts'
import { UsageFault } from './talk.ts'

/** Says why a word could not be done. Returns the exit status. */
export function tellFault(error: unknown): number {
  const tell = (text: string) => void process.stderr.write(`${text}\n`)
  if (error instanceof UsageFault) {
    tell(error.message)
    return 2
  }
  if (error instanceof ConfigFault || error instanceof MigrationFault) tell(error.message)
  else if (asRefusal(error, '').entry !== baseErrors.unexpected) {
    const { zh, en, next } = errorBody(asRefusal(error, ''), '').error
    tell(`${zh}${next.zh}\n${en} ${next.en}`)
  } else tell(`出错了 / something went wrong: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return 1
}
