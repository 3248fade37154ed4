import t2s from './tables/t2s.json' with { type: 'json' }

/** Letters of other scripts that are drawn like Latin ones, after lower-casing. */
const LOOKALIKES: readonly [string, string][] = [
  ['аеорсухіјѕԁһӏ', 'aeopcyxijsdhl'],
  ['οαρνκτιυχ', 'oapvktiux'],
  ['ɑɡıʟᴏ', 'agilo'],
]

const simple = new Map<string, string>()
const to = [...t2s.to]
for (const [index, from] of [...t2s.from].entries()) simple.set(from, to[index]!)
for (const [from, latin] of LOOKALIKES) {
  for (const [index, letter] of [...from].entries()) simple.set(letter, latin[index]!)
}
simple.set('ς', 'σ')

/** The forms of characters as parts of others, which stand in text copied from PDF. The compatibility forms of Unicode leave them out. */
const RADICALS =
  '⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫罒⺬示⺭礻⺮竹⺯糸⺰纟⺱罓⺲罒⺳罒' +
  '⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑长⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首' +
  '⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫齐⻬齐⻭齿⻮齿⻯龙⻰龙⻱龟⻲龟⻳龟'
for (let at = 0; at < RADICALS.length; at += 2) simple.set(RADICALS.charAt(at), RADICALS.charAt(at + 1))

/** Marks on letters, and whatever shows nothing: format characters, fillers, the blank of braille. */
const IGNORED = /[\p{M}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]|(?![\t\n\r])\p{Cc}/gu
const CIRCLED = /[❶-❿➀-➓⓵-⓾]/u
const NUMBER = /\p{Nd}/u
const BRACKETED = /^[(〔](.+)[)〕]$/u

/**
 * Folds one code point to what it is compared by: compatibility form without marks, lower case, simplified, Latin for
 * letters drawn like Latin, ASCII digits. An empty answer means that the code point plays no part in comparison.
 */
export function foldCodePoint(code: number): string {
  const source = String.fromCodePoint(code)
  if (CIRCLED.test(source)) return String(circledDigit(code))
  let out = source
  // Twice: lower-casing may bring forth marks (İ), and a compatibility form may hold capitals (℡).
  for (let round = 0; round < 2; round++) out = out.normalize('NFKD').replace(IGNORED, '').toLowerCase()
  // ㈠, ⑴ and ⒜ are their inside, as ① is: their brackets would be looked over only once they stood as signs of their own.
  out = BRACKETED.exec(out)?.[1] ?? out
  let folded = ''
  for (const character of out.normalize('NFC')) folded += simple.get(character) ?? asciiDigit(character)
  return folded
}

function circledDigit(code: number): number {
  if (code >= 0x24f5 && code <= 0x24fe) return code - 0x24f4
  return ((code - 0x2776) % 10) + 1
}

/** Every decimal digit of every script has its zero at the start of a run of ten that the Unicode standard keeps together. */
function asciiDigit(character: string): string {
  if (character < '\u0660' || !NUMBER.test(character)) return character
  let zero = character.codePointAt(0)!
  for (let value = 0; value < 9 && NUMBER.test(String.fromCodePoint(zero - 1)); value++) zero--
  return String(character.codePointAt(0)! - zero)
}
