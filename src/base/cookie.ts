import { readHttpDate } from './http-date.ts'

interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly isHostOnly: boolean
  readonly path: string
  readonly isSecure: boolean
}

const MAX_COOKIES = 50
const MAX_LENGTH = 4096
/** Names under which others than one owner have their sites. */
const shared = /^[^.]+$|^(?:com|net|org|gov|edu|ac|co|gob|or|ne|go)\.[a-z]{2}$/

/** The cookies of one fetch with its redirects; nothing is kept longer. */
export class Cookies {
  #all: Cookie[] = []

  /** Takes in what an answer of this address sets; a site can set nothing for another. */
  take(lines: readonly string[], from: URL): void {
    for (const line of lines.slice(0, MAX_COOKIES)) {
      const [pair = '', ...attributes] = line.slice(0, MAX_LENGTH).split(';')
      const equals = pair.indexOf('=')
      const name = pair.slice(0, Math.max(0, equals)).trim()
      const value = pair.slice(equals + 1).trim()
      if (equals < 1 || name === '') continue
      const said = new Map(
        attributes.map((attribute) => {
          const [key = '', ...rest] = attribute.split('=')
          return [key.trim().toLowerCase(), rest.join('=').trim()] as const
        }),
      )
      const domain = (said.get('domain') ?? '').replace(/^\./, '').toLowerCase()
      const isHostOnly = domain === '' || domain === from.hostname
      if (!isHostOnly && (shared.test(domain) || !from.hostname.endsWith(`.${domain}`))) continue
      const directory = from.pathname.replace(/\/[^/]*$/, '') || '/'
      const path = said.get('path')?.startsWith('/') ? said.get('path')! : directory
      const cookie = { name, value, domain: isHostOnly ? from.hostname : domain, isHostOnly, path, isSecure: said.has('secure') }
      this.#all = this.#all.filter((old) => old.name !== name || old.domain !== cookie.domain || old.path !== path)
      const ends = said.has('max-age') ? Number(said.get('max-age')) <= 0 : readHttpDate(said.get('expires') ?? '') < Date.now()
      if (!ends && this.#all.length < MAX_COOKIES) this.#all.push(cookie)
    }
  }

  /** What is sent to this address; undefined when there is nothing. */
  headerFor({ hostname, pathname, protocol }: URL): string | undefined {
    const sent = this.#all.filter(
      ({ domain, isHostOnly, path, isSecure }) =>
        (hostname === domain || (!isHostOnly && hostname.endsWith(`.${domain}`))) &&
        (pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)) &&
        (!isSecure || protocol === 'https:'),
    )
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ')
  }
}
