/** Control characters and spaces that browsers ignore inside addresses, and with which bad ones are hidden. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const hidden = /[\u0000-\u001f\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]+/g
const MAX_URL = 4096

const linkSchemes = new Set([
  'http:',
  'https:',
  'mailto:',
  'tel:',
  'ftp:',
  'ftps:',
  'sftp:',
  'feed:',
  'news:',
  'nntp:',
  'irc:',
  'ircs:',
  'xmpp:',
  'sip:',
  'sms:',
  'callto:',
  'webcal:',
  'gopher:',
  'magnet:',
  'ed2k:',
  'aim:',
  'skype:',
  'urn:',
  'telnet:',
  'svn:',
  'ssh:',
  'wais:',
  'rtsp:',
  'afs:',
  'doi:',
  'git:',
  'hg:',
  'smb:',
  'geo:',
  'acap:',
  'go:',
  'imap:',
  'jabber:',
  'ldap:',
  'ldaps:',
  'mms:',
  'msnim:',
  'notes:',
  'payto:',
  'sips:',
  'snmp:',
  'tag:',
  'view-source:',
  'z39.50r:',
  'z39.50s:',
  'ymsgr:',
])

/**
 * The absolute form of an address, or '' when it is none or its scheme could run something (`javascript:`, `data:`).
 * An address without a base stays relative. `webOnly` admits http and https alone.
 */
export function resolveUrl(written: string, base: string, webOnly = false): string {
  const clean = written
    .trim()
    .replace(hidden, (found) => (/^[\t\n\r]+$/.test(found) ? '' : ' '))
    .trim()
  if (clean === '' || clean.length > MAX_URL) return ''
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(clean.replace(/\s+/g, ''))?.[1]?.toLowerCase()
  if (scheme !== undefined) {
    const allowed = webOnly ? scheme === 'http' || scheme === 'https' : linkSchemes.has(`${scheme}:`)
    return allowed ? clean.replaceAll(' ', '%20') : ''
  }
  if (base === '') return webOnly ? '' : clean.replaceAll(' ', '%20')
  try {
    return new URL(clean, base).href
  } catch {
    return ''
  }
}
