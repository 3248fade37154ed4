import fc from 'fast-check'

/** Characters that matter to folding: both scripts, widths, marks, invisible ones, halves of pairs. For tests. */
const PIECES = [
  ...'医院醫衡川杭州停车車收费費好不了著,。!*· \n#@“”（）()aAbＢ1①Ⅻé🏥👩𠮷ß',
  '\u200b',
  '\ufe0f',
  '\ud800',
  '\udc00',
  '\0',
  '\u0301',
  'и',
]

/** Random texts for property tests, close enough to each other that coincidences are common. */
export const someText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
    ),
    {
      maxLength: 40,
    },
  )
  .map((pieces) => pieces.join(''))
