import { Cookies } from './cookie.ts'
import { decompress } from './decompress.ts'
import { FetchFailure } from './fetch-failure.ts'
import { type AllowPrivate, checkRedirect, checkUrl, guardedLookup, hostOf, type Resolve } from './fetch-guard.ts'
import { readHttpDate } from './http-date.ts'
import { exchange } from './http-exchange.ts'

export { FetchFailure, type FetchFailureCode, fetchFailures } from './fetch-failure.ts'
export type { AllowPrivate, Resolve } from './fetch-guard.ts'

export interface FetchOptions {
  /** Validators of the last answer, as received: with them an unchanged page costs nothing. */
  readonly etag?: string | null | undefined
  readonly lastModified?: string | null | undefined
  /** For the whole of it: looking up, every redirect, and the last byte. Default 20,000. */
  readonly timeoutMs?: number | undefined
  /** Counted on the wire and again after decompression. Default 10 million. */
  readonly maxBytes?: number | undefined
  /** Hosts inside the own network that an administrator named. Nothing private is visited without. */
  readonly allowPrivate?: AllowPrivate | undefined
  /** Milliseconds since 1970, for a Retry-After that names a date. */
  readonly now?: number | undefined
  /** In place of the system's DNS. */
  readonly resolve?: Resolve | undefined
  /** Ends the fetch early; the failure is then `fetch_timeout`. */
  readonly signal?: AbortSignal | undefined
}

interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
  readonly finalUrl: string
  /** Where the page has moved to for good, when every redirect on the way said so. */
  readonly movedTo?: string
  readonly retryAfterSeconds?: number
}

export type Fetched =
  | (Validators & { readonly status: 'changed'; readonly bytes: Uint8Array; readonly contentType: string })
  | (Validators & { readonly status: 'unchanged' })

const USER_AGENT = 'Anlan/0.1 (+self-hosted)'
const ACCEPT =
  'application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, text/xml;q=0.9, */*;q=0.8'
const MAX_REDIRECTS = 10
const MAX_RETRY_AFTER_SECONDS = 7 * 86_400
const redirects = new Set([301, 302, 303, 307, 308])

/** Seconds to wait from a Retry-After, which is a number of seconds or a date; at most a week. */
export function retryAfterOf(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const seconds = /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : Math.ceil((readHttpDate(value) - now) / 1000)
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), MAX_RETRY_AFTER_SECONDS)
}

const tooLarge = (maxBytes: number) => new FetchFailure('fetch_too_large', { megabytes: Math.ceil(maxBytes / 1_000_000) })

/** Failures of sockets and of TLS under our stable codes. */
function failureOf(error: unknown, host: string, seconds: number): FetchFailure {
  if (error instanceof FetchFailure) return error
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof FetchFailure) return cause
  if (error instanceof AggregateError && error.errors.length > 0) return failureOf(error.errors[0], host, seconds)
  const name = error instanceof Error ? error.name : ''
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (name === 'AbortError' || name === 'TimeoutError' || /TIMEOUT|TIMEDOUT|ABORTED/.test(code))
    return new FetchFailure('fetch_timeout', { host, seconds })
  if (/CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO|DEPTH_ZERO|ALTNAME/.test(code)) return new FetchFailure('fetch_tls', { host })
  if (/ENOTFOUND|EAI_/.test(code)) return new FetchFailure('fetch_dns', { host })
  return new FetchFailure('fetch_connection', { host })
}

/** A socket does not end while its name is being looked up; this does. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new FetchFailure('fetch_timeout'))
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    promise.catch(() => undefined)
  }
}

interface Hop {
  readonly url: URL
  readonly allowPrivate: AllowPrivate
  readonly options: FetchOptions
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly now: number
  readonly cookies: Cookies
}

/** Bytes of a header that are UTF-8 as the text that they are: addresses are written so. */
function fromBytes(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}

/** One request to one address: an answer, or where to go next. */
async function visit(hop: Hop): Promise<Fetched | { readonly location: string; readonly permanent: boolean }> {
  const { url, options, maxBytes, signal, now, cookies } = hop
  const host = hostOf(url)
  const headers: Record<string, string> = { 'user-agent': USER_AGENT, accept: ACCEPT, 'accept-encoding': 'gzip, br, deflate' }
  if (options.etag) headers['if-none-match'] = options.etag
  if (options.lastModified) headers['if-modified-since'] = options.lastModified
  const cookie = cookies.headerFor(url)
  if (cookie !== undefined) headers.cookie = cookie
  const answer = await orAborted(
    exchange({
      ...{ url, headers, signal },
      lookup: guardedLookup(url, hop.allowPrivate, options.resolve),
      wantsBody: ({ status, length }) => {
        if (status < 200 || status > 299) return false
        if ((length ?? 0) > maxBytes) throw tooLarge(maxBytes)
        return true
      },
      checkSize: (bytes) => {
        if (bytes > maxBytes) throw tooLarge(maxBytes)
      },
    }),
    signal,
  )
  cookies.take(answer.cookies, url)
  const headerOf = (name: string) => answer.headers.get(name)
  const retryAfterSeconds = retryAfterOf(headerOf('retry-after'), now)
  const said = {
    etag: headerOf('etag') || null,
    lastModified: headerOf('last-modified') || null,
    finalUrl: url.href,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  }
  const { status } = answer
  const location = headerOf('location')
  if (redirects.has(status) && location !== undefined)
    return { location: fromBytes(location), permanent: status === 301 || status === 308 }
  if (status === 304 && (options.etag || options.lastModified)) {
    return {
      ...said,
      status: 'unchanged',
      etag: said.etag ?? options.etag ?? null,
      lastModified: said.lastModified ?? options.lastModified ?? null,
    }
  }
  if (status < 200 || status > 299) throw new FetchFailure('fetch_bad_status', { host, status }, { status, retryAfterSeconds })
  const bytes = await orAborted(decompress(answer.body, headerOf('content-encoding') ?? '', maxBytes, host), signal)
  return { ...said, status: 'changed', bytes, contentType: headerOf('content-type') ?? '' }
}

/**
 * Fetches a page from the open network and from nowhere else: http and https only, every address that a name resolves to is checked before
 * a socket connects to it, and again at each of at most ten redirects. Time and size are bounded, also after decompression.
 * @throws {FetchFailure} with one of the codes of `fetchFailures`; nothing else is thrown.
 */
export async function guardedFetch(address: string, options: FetchOptions = {}): Promise<Fetched> {
  const { timeoutMs = 20_000, maxBytes = 10_000_000, allowPrivate = () => false, now = Date.now() } = options
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline
  let url = checkUrl(address, undefined, allowPrivate)
  const cookies = new Cookies()
  let permanent = true
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const host = hostOf(url)
    let found: Awaited<ReturnType<typeof visit>>
    try {
      found = await visit({ url, allowPrivate, options, maxBytes, signal, now, cookies })
    } catch (error) {
      const seconds = Math.ceil(timeoutMs / 1000)
      const failure = failureOf(error, host, seconds)
      throw failure.code === 'fetch_timeout' || (signal.aborted && !(error instanceof FetchFailure))
        ? new FetchFailure('fetch_timeout', { host, seconds })
        : failure
    }
    if ('status' in found) return hop > 0 && permanent ? { ...found, movedTo: found.finalUrl } : found
    permanent &&= found.permanent
    url = checkRedirect(found.location, url, allowPrivate)
  }
  throw new FetchFailure('fetch_redirect_loop', { host: hostOf(url), limit: MAX_REDIRECTS })
}
