import { binaryKind, encodingOf, isHidden, labelsOf, provenEncoding } from './decode-label.ts'
import { type DecodeProblem, type DecodeProblemCode, decodeProblem } from './decode-problem.ts'
import { bestLegacy, readMixed } from './legacy.ts'
import { surveyUtf8 } from './utf8.ts'

export { type DecodeProblem, type DecodeProblemCode, decodeSentences } from './decode-problem.ts'

export interface Decoded {
  /** Without byte order mark, U+0000 and lone surrogates; '' when it was refused. */
  readonly text: string
  /** The encoding used, in lower case (`utf-8`, `gb18030`, `utf-16le`, `windows-1252`). */
  readonly encoding: string
  readonly problems: readonly DecodeProblem[]
  /** Why the bytes cannot be read as text, the encoding or kind of file named in `at`; it is among the problems too. */
  readonly refused?: DecodeProblem
}

interface Reading {
  readonly text: string
  readonly encoding: string
  readonly code?: DecodeProblemCode | undefined
}

/** Decodes; undefined when a byte does not fit. */
function readStrictly(bytes: Uint8Array, encoding: string): string | undefined {
  if (/^(utf-(16|32)|replacement)/.test(encoding)) return undefined
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Bytes as text, for feeds, files, rules and bodies. Bytes are believed before labels: a byte order mark, then UTF-8 when it is valid or
 * nearly so, then the labels of HTTP, the XML declaration and the meta element, each checked against the bytes, then what the bytes look
 * like. GB 2312 and GBK are read as GB 18030. What cannot be read is `refused` with its encoding named. Never throws.
 * @param options.contentType the HTTP header, as received
 */
export function decodeBytes(bytes: Uint8Array, options: { readonly contentType?: string | undefined } = {}): Decoded {
  const problems: DecodeProblem[] = []
  const note = (code: DecodeProblemCode, at?: string) => {
    if (!problems.some((problem) => problem.code === code)) problems.push(decodeProblem(code, at))
  }
  const refuse = (code: DecodeProblemCode, at: string): Decoded => {
    const refused = decodeProblem(code, at)
    return { text: '', encoding: '', problems: [...problems, refused], refused }
  }
  const finish = (text: string, encoding: string): Decoded => {
    if (text.includes('\ufffd')) note('encoding_damaged')
    if (text.includes('\0')) note('control_removed')
    const clean = text.replaceAll('\0', '').replace(/^\ufeff+/, '')
    return { text: clean.toWellFormed(), encoding, problems }
  }

  const kind = binaryKind(bytes)
  if (kind !== undefined) return refuse('not_text', kind)
  const proven = provenEncoding(bytes)
  const body = proven ? bytes.subarray(proven.mark) : bytes
  if (proven?.encoding.startsWith('utf-32')) return finish(readUtf32(body, proven.encoding === 'utf-32le'), proven.encoding)
  if (proven?.encoding.startsWith('utf-16')) return finish(new TextDecoder(proven.encoding).decode(body), proven.encoding)

  const head = Buffer.from(body.subarray(0, 4096)).toString('latin1')
  const written = proven ? [proven.encoding] : labelsOf(head, options.contentType)
  const unreadable = written.find((label) => isHidden(label, head))
  if (unreadable !== undefined) return refuse('encoding_unsupported', unreadable.slice(0, 40))
  for (const label of written) if (encodingOf(label) === undefined) note('encoding_label_unknown', label.slice(0, 40))
  const declared = written.flatMap((label) => encodingOf(label) ?? []).filter((name) => name !== 'replacement')

  const reading = read(body, declared)
  if (!reading || looksBinary(reading.text)) {
    const [label] = written
    if (label !== undefined) return refuse('encoding_unsupported', label.slice(0, 40))
    return reading ? refuse('not_text', 'binary') : refuse('encoding_unknown', '?')
  }
  if (declared.length > 0 && declared[0] !== reading.encoding) note('encoding_label_wrong', written[0]!.slice(0, 40))
  if (reading.code !== undefined) note(reading.code)
  return finish(reading.text, reading.encoding)
}

/** The reading that bytes and labels together make likeliest; undefined when nothing fits. */
function read(bytes: Uint8Array, declared: readonly string[]): Reading | undefined {
  const survey = surveyUtf8(bytes)
  if (survey.high === 0) return readAscii(bytes, declared)
  const others = declared.filter((encoding) => encoding !== 'utf-8')
  const told = others.filter((encoding) => encoding !== 'windows-1252' && readStrictly(bytes, encoding) !== undefined)
  const toldDouble = told.find(isMultiByte)
  // Two characters of a page in GBK may look like UTF-8 by chance; characters of three bytes do not.
  if (survey.valid && (toldDouble === undefined || declared.includes('utf-8') || survey.long >= 6))
    return { text: readStrictly(bytes, 'utf-8')!, encoding: 'utf-8' }
  const bad = survey.high - survey.sound
  // One bad byte makes no other encoding of a page whose other bytes are UTF-8.
  if (survey.long > bad * (toldDouble === undefined ? 1 : 4)) return readNearlyUtf8(bytes)
  if (toldDouble === undefined && survey.sound > bad * 8) return readNearlyUtf8(bytes)
  const plain = told[0]
  if (plain !== undefined && !isChinese(plain)) return { text: readStrictly(bytes, plain)!, encoding: plain }
  const expected = plain ?? others.find(isChinese)
  if (survey.long >= 6) {
    const { text, mixed } = readMixed(bytes, expected ?? 'gb18030')
    if (mixed && !text.includes('\ufffd')) return { text, encoding: expected ?? 'gb18030', code: 'encoding_mixed' }
  }
  const legacy = bestLegacy(bytes, expected)
  if (legacy) return { ...legacy, ...(declared.length === 0 && { code: 'encoding_guessed' as const }) }
  for (const encoding of others.filter(isMultiByte)) {
    const text = new TextDecoder(encoding).decode(bytes)
    if ((text.split('\ufffd').length - 1) * 10 <= text.length) return { text, encoding }
  }
  if (survey.sound > bad) return readNearlyUtf8(bytes)
  const western = readStrictly(bytes, 'windows-1252')!
  if (/[\u0080-\u009f]/.test(western)) return undefined
  return { text: western, encoding: 'windows-1252', ...(others.length === 0 && { code: 'encoding_guessed' as const }) }
}

function readAscii(bytes: Uint8Array, declared: readonly string[]): Reading {
  const stateful = declared.find((encoding) => encoding === 'iso-2022-jp' && bytes.includes(0x1b))
  const encoding = stateful ?? declared.find((name) => !/^utf-(16|32)/.test(name)) ?? 'utf-8'
  const text = readStrictly(bytes, encoding)
  return text === undefined ? { text: readStrictly(bytes, 'utf-8')!, encoding: 'utf-8' } : { text, encoding }
}

const isMultiByte = (encoding: string): boolean => /^(gb18030|big5|euc-|shift_jis|iso-2022)/.test(encoding)
const isChinese = (encoding: string): boolean => encoding === 'gb18030' || encoding === 'big5'

function readNearlyUtf8(bytes: Uint8Array): Reading {
  const { text, mixed, damaged } = readMixed(bytes, 'utf-8')
  return { text, encoding: 'utf-8', code: mixed ? 'encoding_mixed' : damaged ? 'encoding_damaged' : undefined }
}

/** Many control characters: no text of any kind. */
function looksBinary(text: string): boolean {
  const sample = text.slice(0, 65_536)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is counted
  const controls = sample.match(/[\u0001-\u0008\u000b\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0
  const nulls = sample.split('\0').length - 1
  return controls * 10 > sample.length || nulls * 3 > sample.length
}

function readUtf32(bytes: Uint8Array, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: string[] = []
  for (let i = 0; i + 4 <= bytes.byteLength; i += 4) {
    const code = view.getUint32(i, little)
    parts.push(code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code))
  }
  return parts.join('')
}
