import { readDamagedUtf8, surveyUtf8 } from './utf8.ts'

export interface LegacyReading {
  readonly text: string
  readonly encoding: string
  readonly damaged: boolean
}

interface Fit {
  readonly reading: LegacyReading
  /** Pairs of bytes that are characters of everyday writing, and their share of all pairs. */
  readonly usual: number
  readonly share: number
}

/** Where a double-byte encoding keeps its everyday characters and its punctuation. */
const usualPairs = {
  gb18030: (lead: number, trail: number) => trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3)),
  big5: (lead: number, _trail: number) => lead >= 0xa1 && lead <= 0xc6,
} as const

function fitOf(bytes: Uint8Array, encoding: keyof typeof usualPairs): Fit | undefined {
  const isUsual = usualPairs[encoding]
  let usual = 0
  let all = 0
  for (let i = 0; i < bytes.length; i += 1) {
    if (bytes[i]! < 0x80) continue
    all += 1
    if (i + 1 < bytes.length && isUsual(bytes[i]!, bytes[i + 1]!)) usual += 1
    i += 1
  }
  if (all === 0) return undefined
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
  const faults = text.split('\ufffd').length - 1
  if (faults > 1 + all * 0.02) return undefined
  return { reading: { text, encoding, damaged: faults > 0 }, usual, share: usual / all }
}

/**
 * The Chinese encoding that bytes are written in: the everyday characters of each lie where those of no other do. Undefined when they
 * look like neither GB 18030 nor Big5. Of two that fit, `preferred` (the label) stands unless the other fits far better.
 */
export function bestLegacy(bytes: Uint8Array, preferred?: string): LegacyReading | undefined {
  const fits = (['gb18030', 'big5'] as const).flatMap((encoding) => fitOf(bytes, encoding) ?? [])
  const told = fits.find(({ reading }) => reading.encoding === preferred)
  const [best] = fits.toSorted((a, b) => b.share - a.share || Number(a.reading.damaged) - Number(b.reading.damaged))
  if (told && (!best || best === told || best.usual < 4 || best.share < told.share + 0.3)) return told.reading
  const plausible = best && (best.share === 1 || (best.usual >= 2 && best.share >= 0.7))
  return plausible ? best.reading : undefined
}

/**
 * Text in two encodings, its parts between tags and line ends each read for itself: in UTF-8 when they are, in a Chinese encoding when they
 * look like it. No byte of a double-byte character is a bracket or line end.
 * @param main the encoding of parts that could be either
 */
export function readMixed(bytes: Uint8Array, main: string): { text: string; mixed: boolean; damaged: boolean } {
  const parts: string[] = []
  let mixed = false
  let damaged = false
  let start = 0
  for (let i = 0; i <= bytes.length; i += 1) {
    const byte = bytes[i]
    if (i < bytes.length && byte !== 0x3c && byte !== 0x3e && byte !== 0x0a) continue
    const part = bytes.subarray(start, i + 1)
    start = i + 1
    const { valid, high, sound, long } = surveyUtf8(part)
    const isUtf8 = high === 0 || (valid && (main === 'utf-8' || long >= 6)) || long > (high - sound) * (main === 'utf-8' ? 1 : 4)
    const legacy = isUtf8 ? undefined : bestLegacy(part, main)
    if (legacy && !(legacy.damaged && main === 'utf-8')) {
      mixed ||= main === 'utf-8'
      damaged ||= legacy.damaged
      parts.push(legacy.text)
      continue
    }
    const read = readDamagedUtf8(part)
    mixed ||= main !== 'utf-8' && high > 0
    damaged ||= read.damaged
    parts.push(read.text)
  }
  return { text: parts.join(''), mixed, damaged }
}
