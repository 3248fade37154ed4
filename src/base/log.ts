import { pino } from 'pino'

/**
 * Structured logs on standard error. They hold ids, names of asks, durations and codes: never a body, a query string,
 * a header, a person's name or a post's text. `redact` is the second fence behind that habit.
 */
export function openLog(level: string) {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'req',
          'res',
          'headers',
          '*.password',
          '*.token',
          '*.text',
          '*.title',
          '*.author',
          '*.name',
          '*.email',
          '*.phone',
        ],
        censor: '[…]',
      },
      serializers: { err: describeError },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}

export type Log = ReturnType<typeof openLog>

/** An error without the values that PostgreSQL puts into `detail` and `where`. */
function describeError(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = 'code' in error ? String(error.code) : undefined
  // A database message may quote a value; its code and place say enough.
  const message = code && /^[0-9A-Z]{5}$/.test(code) ? `database error ${code}` : error.message
  return { type: error.name, code, message, stack: error.stack?.split('\n').slice(1, 8).join('\n') }
}
