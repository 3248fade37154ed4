/** Settles when the program is told to end (Ctrl-C, a service manager, or the launcher that went away). */
export function untilTold(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
    process.once('disconnect', () => done())
  })
}
