/** Something about the reading of bytes that a person should know. `at` names the label, the kind of file or the place. */
export interface DecodeProblem {
  readonly code: DecodeProblemCode
  readonly zh: string
  readonly en: string
  readonly at?: string
}

export const decodeSentences = {
  encoding_label_wrong: [
    '声明的字符编码与内容不符，已按实际编码读取。',
    'The declared character encoding is wrong; the real one was used.',
  ],
  encoding_label_unknown: ['声明的字符编码无法识别，已自动判断。', 'The declared character encoding is unknown; it was guessed.'],
  encoding_guessed: [
    '没有声明字符编码，已按内容推断，请抽查文字是否正确。',
    'No character encoding is declared; it was guessed. Check a few texts.',
  ],
  encoding_mixed: [
    '同一内容混用了两种字符编码，已分段读取，请抽查文字是否正确。',
    'Two character encodings are mixed; each part was read in its own. Check a few texts.',
  ],
  encoding_damaged: ['部分字节不是有效文字，已用 � 代替。', 'Some bytes are not valid text and were replaced by �.'],
  control_removed: ['内容中有空字符（U+0000），已删除。', 'The content holds null characters (U+0000); they were removed.'],
  encoding_unsupported: [
    '内容无法按所声明的字符编码读取，请改用 UTF-8 或 GB 18030 后重试。',
    'The content cannot be read in the declared character encoding. Send it as UTF-8 or GB 18030.',
  ],
  encoding_unknown: [
    '无法判断内容的字符编码，请改用 UTF-8 或 GB 18030 后重试。',
    'The character encoding of the content could not be found out. Send it as UTF-8 or GB 18030.',
  ],
  not_text: ['这不是文字内容，无法读取。', 'This is not text and cannot be read.'],
} as const satisfies Record<string, readonly [zh: string, en: string]>

export type DecodeProblemCode = keyof typeof decodeSentences

export function decodeProblem(code: DecodeProblemCode, at?: string): DecodeProblem {
  const [zh, en] = decodeSentences[code]
  return { code, zh, en, ...(at !== undefined && { at }) }
}
