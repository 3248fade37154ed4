/** What was asked for, or a refusal as soon as the signal says that it takes too long, whatever the other side does. */
export async function orCut<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: cut, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new Error('deadline'))
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await Promise.race([asked, cut])
  } finally {
    signal.removeEventListener('abort', stop)
    asked.catch(() => undefined)
  }
}
