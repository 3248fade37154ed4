/** Kinds of folded UTF-16 code units, as bits. */
export const HAN = 1
export const WORD = 2
/** A mark that writers set between the characters of a name to escape matching: 医*院, 医 院. */
export const MARK = 4
/** A mark that may stand inside a name without harm: quotes, brackets, the middle dot. */
export const SOFT = 8
/** A mark over which no match reaches: the end of a sentence or clause, a line end, the sign of a mention. */
export const STOP = 16

const STOPS = '。！？!?；;，,、：:…\n\r\t@\u2028\u2029'
const SOFTS = '“”"‘’\'「」『』《》〈〉<>【】[]()（）〔〕{}·・'
const LETTER = /[\p{L}\p{N}]/u
const kinds = new Uint8Array(0x10000)

/** The kind of a folded code unit; a surrogate half counts as Han in planes 2 and 3 and as a mark (emoji) elsewhere. */
export function kindOf(unit: number): number {
  let kind = kinds[unit]!
  if (kind === 0) {
    kind = classify(unit)
    kinds[unit] = kind
  }
  return kind
}

function classify(unit: number): number {
  if ((unit >= 0x3400 && unit <= 0x9fff) || (unit >= 0xf900 && unit <= 0xfaff) || unit === 0x3005 || unit === 0x3007) return HAN
  if (unit >= 0xd840 && unit <= 0xd8bf) return HAN
  if (unit >= 0xdc00 && unit <= 0xdfff) return MARK
  const character = String.fromCharCode(unit)
  if (STOPS.includes(character)) return STOP
  if (SOFTS.includes(character)) return SOFT
  return LETTER.test(character) ? WORD : MARK
}

/** True for the first code unit of a Han character or of a letter or digit of any script. */
export const isWordUnit = (unit: number): boolean => (kindOf(unit) & (HAN | WORD)) !== 0
