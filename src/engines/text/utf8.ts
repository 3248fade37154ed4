/** How far bytes are UTF-8. */
export interface Utf8Survey {
  readonly valid: boolean
  /** Bytes above 127. */
  readonly high: number
  /** Of these, bytes of well-formed characters, and of emoji that were written as two surrogates. */
  readonly sound: number
  /** Of these, bytes of characters of three or four bytes: other encodings look like that almost never, as two bytes often do. */
  readonly long: number
}

/** The length of the well-formed character at `i`; 0 when there is none; 6 for an emoji written as two surrogates (CESU-8). */
function characterAt(bytes: Uint8Array, i: number): number {
  const a = bytes[i]!
  if (a < 0x80) return 1
  const b = bytes[i + 1] ?? 0
  const follows = (at: number) => ((bytes[at] ?? 0) & 0xc0) === 0x80
  if (a >= 0xc2 && a <= 0xdf) return follows(i + 1) ? 2 : 0
  if (a >= 0xe0 && a <= 0xef) {
    if (!follows(i + 1) || !follows(i + 2) || (a === 0xe0 && b < 0xa0)) return 0
    if (a !== 0xed || b < 0xa0) return 3
    const pair = b <= 0xaf && bytes[i + 3] === 0xed && (bytes[i + 4] ?? 0) >= 0xb0 && follows(i + 4) && follows(i + 5)
    return pair ? 6 : 0
  }
  if (a < 0xf0 || a > 0xf4 || !follows(i + 1) || !follows(i + 2) || !follows(i + 3)) return 0
  return (a === 0xf0 && b < 0x90) || (a === 0xf4 && b > 0x8f) ? 0 : 4
}

export function surveyUtf8(bytes: Uint8Array): Utf8Survey {
  let high = 0
  let sound = 0
  let long = 0
  let valid = true
  for (let i = 0; i < bytes.length; ) {
    const length = characterAt(bytes, i)
    if (length !== 1) {
      high += Math.max(1, length)
      sound += length
      if (length >= 3) long += length
      if (length === 0 || length === 6) valid = false
    }
    i += Math.max(1, length)
  }
  return { valid, high, sound, long }
}

/**
 * Reads UTF-8 with faults: an emoji written as two surrogates becomes that emoji, an overlong null nothing, half an emoji and anything else
 * a replacement character; what stands before and after is untouched.
 */
export function readDamagedUtf8(bytes: Uint8Array): { readonly text: string; readonly damaged: boolean } {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let damaged = false
  for (let i = 0; i < bytes.length; ) {
    const size = characterAt(bytes, i)
    if (size === 6) {
      const code = 0x10000 + (((bytes[i + 1]! & 0x0f) << 16) | ((bytes[i + 2]! & 0x3f) << 10)) + ((bytes[i + 4]! & 0x0f) << 6)
      out.set(Buffer.from(String.fromCodePoint(code | (bytes[i + 5]! & 0x3f))), length)
      length += 4
      i += 6
    } else if (size === 0 && bytes[i] === 0xc0 && bytes[i + 1] === 0x80) i += 2
    else if (size === 0 && bytes[i] === 0xed && ((bytes[i + 1] ?? 0) & 0xe0) === 0xa0 && ((bytes[i + 2] ?? 0) & 0xc0) === 0x80) {
      out.set([0xef, 0xbf, 0xbd], length)
      length += 3
      damaged = true
      i += 3
    } else {
      damaged ||= size === 0
      for (let k = 0; k < Math.max(1, size); k += 1) out[length++] = bytes[i + k]!
      i += Math.max(1, size)
    }
  }
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(out.subarray(0, length)), damaged }
}
