/** Encodings that hide everything behind ASCII bytes, with the marks by which they are known. TextDecoder reads none of them. */
const hidden: readonly (readonly [label: RegExp, marks: RegExp])[] = [
  [/^utf-?7/, /\+[A-Za-z0-9+/]{2,}-/],
  [/^hz(-gb-?2312)?$/, /~\{/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape and shift are how these encodings switch
  [/^(cs)?iso-?2022-?(cn|kr)/, /[\u000e\u000f]|\u001b\$/],
]

const clean = (label: string) => label.trim().toLowerCase().replaceAll('_', '-')

/** The canonical name of a label; GB 2312 and GBK are read as their superset. Undefined when it cannot be read. */
export function encodingOf(label: string): string | undefined {
  const name = clean(label)
  if (/^(u?tf-?32|ucs-?4)/.test(name)) return name.includes('le') ? 'utf-32le' : 'utf-32be'
  if (/^(gb-?2312|gbk|gb-?18030|cp-?936|x-gbk|windows-936|ms936|euc-cn|x-euc-cn|gb)/.test(name)) return 'gb18030'
  if (/^(big-?5|cp-?950|windows-950|ms950|x-big5)/.test(name)) return 'big5'
  if (/^(utf8mb4|utf8mb3|u8|utf-?8(-?sig|-?bom|n)?|unicode-1-1-utf-8)$/.test(name)) return 'utf-8'
  try {
    const { encoding } = new TextDecoder(name)
    return encoding === 'gbk' ? 'gb18030' : encoding
  } catch {
    return undefined
  }
}

/** Whether a label names an encoding that we cannot read and the bytes, though ASCII, are written in it. */
export const isHidden = (label: string, text: string): boolean =>
  hidden.some(([name, marks]) => name.test(clean(label)) && marks.test(text))

/** What HTTP, the XML declaration and a meta element say, in this order. */
export function labelsOf(head: string, contentType: string | undefined): string[] {
  const http = /charset\s*=\s*["']?\s*([^\s"';,]+)/i.exec(contentType ?? '')?.[1]
  const xml = /^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([^"'>]{1,40}?)\s*["']/i.exec(head)?.[1]
  const meta = /<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([^\s"'/>;]{1,40})/i.exec(head)?.[1]
  return [http, xml, meta].filter((label): label is string => label !== undefined)
}

const kinds: readonly (readonly [start: string, kind: string])[] = [
  ['504b0304', 'ZIP（xlsx、docx）'],
  ['504b0506', 'ZIP'],
  ['d0cf11e0a1b11ae1', 'Office（xls、doc）'],
  ['25504446', 'PDF'],
  ['89504e47', 'PNG'],
  ['47494638', 'GIF'],
  ['ffd8ff', 'JPEG'],
  ['52494646', 'RIFF'],
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['377abcaf', '7z'],
  ['526172211a07', 'RAR'],
  ['7f454c46', 'ELF'],
]

/** What the first bytes prove to be no text. */
export function binaryKind(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  return kinds.find(([prefix]) => start.startsWith(prefix))?.[1]
}

/** The encoding that byte order marks and zero bytes prove, and the length of the mark. */
export function provenEncoding(bytes: Uint8Array): { encoding: string; mark: number } | undefined {
  const [a, b, c, d] = bytes
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return { encoding: 'utf-32le', mark: 4 }
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return { encoding: 'utf-32be', mark: 4 }
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', mark: 3 }
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', mark: 2 }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', mark: 2 }
  if (a === 0x84 && b === 0x31 && c === 0x95 && d === 0x33) return { encoding: 'gb18030', mark: 4 }
  if (a !== undefined && a > 0 && b === 0 && c === 0 && d === 0) return { encoding: 'utf-32le', mark: 0 }
  if (a === 0 && b === 0 && c === 0 && d !== undefined && d > 0) return { encoding: 'utf-32be', mark: 0 }
  return byZeros(bytes)
}

/** UTF-16 without a mark: its ASCII characters leave zeros on one side of the pairs. */
function byZeros(bytes: Uint8Array): { encoding: string; mark: number } | undefined {
  const end = Math.min(bytes.length - (bytes.length % 2), 65_536)
  let even = 0
  let odd = 0
  let high = 0
  for (let i = 0; i < end; i += 2) {
    if (bytes[i] === 0) even += 1
    if (bytes[i + 1] === 0) odd += 1
    if (bytes[i]! >= 0x80 || bytes[i + 1]! >= 0x80) high += 1
  }
  const zeros = even + odd
  if (zeros === 0 || Math.min(even, odd) > zeros * 0.2) return undefined
  // A few zeros in other text are faults of that text; half of all bytes, or zeros among characters that fit nothing else, are UTF-16.
  const share = zeros / end
  if (share < 0.3 && !(share >= 0.005 && high > 0 && !isUtf8(bytes))) return undefined
  return { encoding: odd > even ? 'utf-16le' : 'utf-16be', mark: 0 }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
