import { type Problem, Problems } from './problem.ts'

export interface Decoded {
  readonly text: string
  /** The encoding used, in lower case (`utf-8`, `gb18030`, `utf-16le`, `windows-1252`). */
  readonly encoding: string
  readonly problems: readonly Problem[]
}

const ascii = (bytes: Uint8Array, end: number) => new TextDecoder('latin1').decode(bytes.subarray(0, end))

/** The canonical name of a label; GB 2312 and GBK are read as their superset. Undefined when it is unknown. */
function encodingOf(label: string): string | undefined {
  const clean = label.trim().toLowerCase().replaceAll('_', '-')
  if (/^(u?tf-?32|ucs-?4)/.test(clean)) return clean.includes('le') ? 'utf-32le' : 'utf-32be'
  if (/^(gb-?2312|gbk|gb-?18030|cp-?936|x-gbk|hz-gb-2312|windows-936|ms936|euc-cn)/.test(clean)) return 'gb18030'
  try {
    const { encoding } = new TextDecoder(clean === 'utf8mb4' || clean === 'u8' ? 'utf-8' : clean)
    return encoding === 'gbk' ? 'gb18030' : encoding
  } catch {
    return undefined
  }
}

function utf32(bytes: Uint8Array, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: string[] = []
  for (let i = 0; i + 4 <= bytes.byteLength; i += 4) {
    const code = view.getUint32(i, little)
    parts.push(code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code))
  }
  return parts.join('')
}

/** Decodes; undefined when `strict` and a byte does not fit. */
function attempt(bytes: Uint8Array, encoding: string, strict: boolean): string | undefined {
  if (encoding.startsWith('utf-32')) return utf32(bytes, encoding === 'utf-32le')
  try {
    return new TextDecoder(encoding, { fatal: strict }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The encoding that the first bytes prove, and the length of its byte order mark. */
function byBytes(bytes: Uint8Array): { encoding: string; mark: number } | undefined {
  const [a, b, c, d] = bytes
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return { encoding: 'utf-32le', mark: 4 }
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return { encoding: 'utf-32be', mark: 4 }
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', mark: 3 }
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', mark: 2 }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', mark: 2 }
  if (a !== undefined && a > 0 && b === 0 && c === 0 && d === 0) return { encoding: 'utf-32le', mark: 0 }
  if (a === 0 && b === 0 && c === 0 && d !== undefined && d > 0) return { encoding: 'utf-32be', mark: 0 }
  if (a !== undefined && a > 0 && b === 0 && c !== undefined && c > 0 && d === 0) return { encoding: 'utf-16le', mark: 0 }
  if (a === 0 && b !== undefined && b > 0 && c === 0 && d !== undefined && d > 0) return { encoding: 'utf-16be', mark: 0 }
  return undefined
}

/** What HTTP, the XML declaration and a meta element say, in this order. */
function labelsOf(bytes: Uint8Array, contentType: string | undefined): string[] {
  const head = ascii(bytes, 4096)
  const http = /charset\s*=\s*["']?\s*([^\s"';,]+)/i.exec(contentType ?? '')?.[1]
  const xml = /^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"'>]{1,40})["']/i.exec(head)?.[1]
  const meta = /<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([^\s"'/>;]{1,40})/i.exec(head)?.[1]
  return [http, xml, meta].filter((label): label is string => label !== undefined)
}

/** How the bytes above 127 look: how many, and what share are pairs of two high bytes as in GB 2312. */
function highBytes(bytes: Uint8Array): { count: number; paired: number } {
  let count = 0
  let paired = 0
  for (let i = 0; i < bytes.length; i += 1) {
    if (bytes[i]! < 0x80) continue
    count += 1
    if (bytes[i]! >= 0xa1 && (bytes[i + 1] ?? 0) >= 0xa1) {
      paired += 2
      count += 1
      i += 1
    }
  }
  return { count, paired: count === 0 ? 0 : paired / count }
}

/** Chinese, Japanese or Korean characters: by chance almost never the outcome of reading other bytes as UTF-8. */
const eastAsian = (text: string): number =>
  text.slice(0, 200_000).match(/[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff9f]/g)?.length ?? 0

/** A reading of bytes that have no byte order mark and no valid label. */
function guess(bytes: Uint8Array): { text: string; encoding: string; damaged: boolean } {
  const utf8 = attempt(bytes, 'utf-8', true)
  if (utf8 !== undefined) return { text: utf8, encoding: 'utf-8', damaged: false }
  const loose = attempt(bytes, 'utf-8', false) ?? ''
  const broken = loose.split('\ufffd').length - 1
  const sound = loose.match(/[\u0080-\ufffc]/g)?.length ?? 0
  if (broken * 8 <= sound) return { text: loose, encoding: 'utf-8', damaged: true }
  const gb = attempt(bytes, 'gb18030', true)
  const { paired } = highBytes(bytes)
  if (gb !== undefined && (paired >= 0.6 || eastAsian(gb) > sound)) {
    if (paired >= 0.3) return { text: gb, encoding: 'gb18030', damaged: false }
  }
  if (paired >= 0.6) return { text: attempt(bytes, 'gb18030', false) ?? '', encoding: 'gb18030', damaged: true }
  return { text: attempt(bytes, 'windows-1252', false) ?? '', encoding: 'windows-1252', damaged: false }
}

/** Whether a valid label is nevertheless wrong: UTF-8 that was served under another name. */
function isReallyUtf8(bytes: Uint8Array, encoding: string): string | undefined {
  if (encoding === 'utf-8' || !bytes.some((byte) => byte >= 0x80)) return undefined
  const utf8 = attempt(bytes, 'utf-8', true)
  if (utf8 === undefined) return undefined
  if (encoding === 'gb18030' || /^(big5|euc-|shift|iso-2022)/.test(encoding)) return eastAsian(utf8) >= 4 ? utf8 : undefined
  return utf8
}

/**
 * Bytes as text: byte order mark, then the HTTP charset, the XML declaration and the meta element, each checked against the bytes.
 * GB 2312 and GBK are read as GB 18030. A label that the bytes contradict is not believed and is reported. Never throws.
 * @param options.contentType the HTTP header, as received
 */
export function decodeBytes(bytes: Uint8Array, options: { readonly contentType?: string | undefined } = {}): Decoded {
  const problems = new Problems()
  const done = (text: string, encoding: string): Decoded => {
    if (text.includes('\ufffd') && !encoding.startsWith('windows')) problems.once('encoding_damaged')
    return { text: text.startsWith('\ufeff') ? text.slice(1) : text, encoding, problems: problems.list }
  }
  const proven = byBytes(bytes)
  if (proven && proven.encoding !== 'utf-8')
    return done(attempt(bytes.subarray(proven.mark), proven.encoding, false) ?? '', proven.encoding)
  const labels = proven ? ['utf-8'] : labelsOf(bytes, options.contentType)
  let wrong = false
  for (const label of labels) {
    const encoding = encodingOf(label)
    if (encoding === undefined) {
      problems.once('encoding_label_unknown', label.slice(0, 40))
      continue
    }
    // Without a mark and without zero bytes it cannot be UTF-16 or UTF-32, whatever it says.
    const text = /^utf-(16|32)/.test(encoding) ? undefined : attempt(bytes, encoding, true)
    if (text === undefined) {
      wrong = true
      continue
    }
    const utf8 = isReallyUtf8(bytes, encoding)
    if (utf8 !== undefined || wrong)
      problems.once('encoding_label_wrong', utf8 === undefined ? labels[0]?.slice(0, 40) : label.slice(0, 40))
    return utf8 === undefined ? done(text, encoding) : done(utf8, 'utf-8')
  }
  const guessed = guess(bytes)
  const declared = labels.map(encodingOf).find((encoding) => encoding !== undefined)
  if (wrong && declared !== undefined && declared !== guessed.encoding) {
    // A multi-byte label that nearly fits beats a single-byte guess that always fits.
    if (declared !== 'utf-8' && guessed.encoding === 'windows-1252' && !declared.startsWith('utf-')) {
      return done(attempt(bytes, declared, false) ?? guessed.text, declared)
    }
    problems.once('encoding_label_wrong', labels[0]?.slice(0, 40))
  }
  if (guessed.damaged) problems.once('encoding_damaged')
  return done(guessed.text, guessed.encoding)
}
