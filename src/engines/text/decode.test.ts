import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeBytes } from './decode.ts'

/** 南山医院院报欢迎您 in GBK. */
const gbk = Uint8Array.from(Buffer.from('c4cfc9bdd2bdd4bad4bab1a8bbb6d3adc4fa', 'hex'))
const words = '南山医院院报欢迎您'
const bytes = (...parts: (string | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
const codes = (decoded: { problems: readonly { code: string }[] }) => decoded.problems.map((problem) => problem.code)

function utf16(text: string, little: boolean): Buffer {
  const buffer = Buffer.from(text, 'utf16le')
  return little ? buffer : buffer.swap16()
}

function utf32(text: string, little: boolean): Buffer {
  const buffer = Buffer.alloc([...text].length * 4)
  for (const [i, character] of [...text].entries()) {
    if (little) buffer.writeUInt32LE(character.codePointAt(0)!, i * 4)
    else buffer.writeUInt32BE(character.codePointAt(0)!, i * 4)
  }
  return buffer
}

describe('decoding', () => {
  test('byte order marks win over every label', () => {
    const marks: [Buffer, string][] = [
      [bytes('\ufeff<r>院</r>'), 'utf-8'],
      [utf16('\ufeff<r>院</r>', true), 'utf-16le'],
      [utf16('\ufeff<r>院</r>', false), 'utf-16be'],
      [utf32('\ufeff<r>院</r>', true), 'utf-32le'],
      [utf32('\ufeff<r>院</r>', false), 'utf-32be'],
    ]
    for (const [buffer, encoding] of marks) {
      const decoded = decodeBytes(buffer, { contentType: 'text/xml; charset=gbk' })
      assert.deepEqual([decoded.text, decoded.encoding, codes(decoded)], ['<r>院</r>', encoding, []])
    }
  })

  test('UTF-16 and UTF-32 are known without a mark', () => {
    for (const little of [true, false]) {
      assert.equal(decodeBytes(utf16('<r>院</r>', little)).text, '<r>院</r>')
      assert.equal(decodeBytes(utf32('<r>院</r>', little)).text, '<r>院</r>')
    }
  })

  for (const label of ['gb2312', 'GBK', 'gb18030', 'x-gbk', 'cp936']) {
    test(`${label} in HTTP, in the declaration and in a meta element is GB 18030`, () => {
      const fromHttp = decodeBytes(bytes('<r>', gbk, '</r>'), { contentType: `text/xml; charset="${label}"` })
      const fromXml = decodeBytes(bytes(`<?xml version='1.0' encoding='${label}'?><r>`, gbk, '</r>'))
      const fromMeta = decodeBytes(bytes(`<html><meta charset=${label}><p>`, gbk))
      for (const decoded of [fromHttp, fromXml, fromMeta]) {
        assert.ok(decoded.text.includes(words))
        assert.deepEqual([decoded.encoding, codes(decoded)], ['gb18030', []])
      }
    })
  }

  test('four-byte characters that GBK lacks are read under its label', () => {
    const decoded = decodeBytes(bytes('<r>', Uint8Array.from([0x95, 0x32, 0x82, 0x36]), '</r>'), {
      contentType: 'text/xml; charset=gb2312',
    })
    assert.equal(decoded.text, '<r>𠀀</r>')
  })

  test('a label that the bytes contradict is not believed', () => {
    const asUtf8 = decodeBytes(bytes('<?xml version="1.0" encoding="utf-8"?><r>', gbk, '</r>'))
    assert.ok(asUtf8.text.includes(words))
    assert.deepEqual([asUtf8.encoding, codes(asUtf8)], ['gb18030', ['encoding_label_wrong']])
    for (const label of ['gb2312', 'iso-8859-1', 'big5', 'utf-16']) {
      const decoded = decodeBytes(bytes(`<r>${words}</r>`), { contentType: `text/xml; charset=${label}` })
      assert.deepEqual(
        [decoded.text, decoded.encoding, codes(decoded)],
        [`<r>${words}</r>`, 'utf-8', ['encoding_label_wrong']],
        label,
      )
    }
  })

  test('HTTP and declaration may differ: the one that fits is taken', () => {
    const decoded = decodeBytes(bytes('<?xml version="1.0" encoding="gbk"?><r>', gbk, '</r>'), {
      contentType: 'text/xml; charset=utf-8',
    })
    assert.ok(decoded.text.includes(words))
    assert.deepEqual(codes(decoded), ['encoding_label_wrong'])
  })

  test('without a label UTF-8 and GB 18030 are told apart', () => {
    assert.equal(decodeBytes(bytes(words)).encoding, 'utf-8')
    assert.deepEqual([decodeBytes(gbk).text, decodeBytes(gbk).encoding], [words, 'gb18030'])
    assert.equal(decodeBytes(Uint8Array.from(Buffer.from('Caf\xe9 cr\xe8me br\xfbl\xe9e', 'latin1'))).text, 'Café crème brûlée')
  })

  test('a few damaged bytes do not turn UTF-8 into something else', () => {
    const damaged = bytes(`<r>${words.repeat(20)}`, Uint8Array.from([0xff]), `${words.repeat(20)}</r>`)
    const decoded = decodeBytes(damaged, { contentType: 'text/xml; charset=utf-8' })
    assert.deepEqual([decoded.encoding, codes(decoded)], ['utf-8', ['encoding_damaged']])
    assert.equal(decoded.text.split('\ufffd').length, 2)
    const cutOff = bytes(words.repeat(20)).subarray(0, -1)
    assert.equal(decodeBytes(cutOff).encoding, 'utf-8')
  })

  test('an unknown label is reported', () => {
    assert.deepEqual(codes(decodeBytes(bytes(words), { contentType: 'text/xml; charset=klingon' })), ['encoding_label_unknown'])
  })

  test('one bad byte anywhere leaves all other characters of a small page as they are', () => {
    const page = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><r>市民称赞夜间门诊👍好</r>')
    for (const contentType of [
      'text/xml',
      'text/xml; charset=utf-8',
      'text/xml; charset=gb2312',
      'text/xml; charset=iso-8859-1',
    ]) {
      for (const bad of [0xff, 0x80, 0xc3, 0xe4]) {
        for (const at of [41, 44, 50, page.length - 4]) {
          const { text, encoding, problems } = decodeBytes(
            bytes(page.subarray(0, at), Uint8Array.from([bad]), page.subarray(at)),
            {
              contentType,
            },
          )
          assert.deepEqual([text.replaceAll('\ufffd', ''), encoding], [page.toString(), 'utf-8'], `${contentType} ${bad} ${at}`)
          assert.ok(problems.some(({ code }) => code === 'encoding_damaged'))
        }
      }
    }
  })

  test('an emoji written as two surrogates is that emoji; half of one is a replacement character', () => {
    const cesu = Uint8Array.from([0xed, 0xa0, 0xbd, 0xed, 0xb9, 0x8f])
    for (const label of ['', '; charset=utf-8', '; charset=gbk'])
      assert.equal(decodeBytes(bytes('很好', cesu, '，谢谢', cesu), { contentType: `text/xml${label}` }).text, '很好🙏，谢谢🙏')
    const half = decodeBytes(bytes('很好', cesu.subarray(0, 3), '，谢谢'))
    assert.deepEqual([half.text, codes(half)], ['很好\ufffd，谢谢', ['encoding_damaged']])
  })

  test('U+0000 and lone surrogates are cleaned and reported', () => {
    const nul = decodeBytes(bytes('{"text":"杭州\0医院"}\n'))
    assert.deepEqual([nul.text, codes(nul)], ['{"text":"杭州医院"}\n', ['control_removed']])
    const lone = decodeBytes(utf16('\ufeff好\ud83d了', true))
    assert.deepEqual([lone.text, codes(lone)], ['好\ufffd了', ['encoding_damaged']])
    assert.ok(lone.text.isWellFormed())
  })

  test('labels of Western templates over GBK bytes are not believed', () => {
    for (const label of ['iso-8859-1', 'latin1', 'windows-1252', 'us-ascii', 'utf-8', 'utf8']) {
      const decoded = decodeBytes(bytes(`<?xml version="1.0" encoding="${label}"?><r>`, gbk, '</r>'))
      assert.ok(decoded.text.includes(words), label)
      assert.deepEqual([decoded.encoding, codes(decoded)], ['gb18030', ['encoding_label_wrong']])
    }
    const western = Buffer.from('Le caf\xe9 cr\xe8me, d\xe9j\xe0 br\xfbl\xe9', 'latin1')
    const kept = decodeBytes(western, { contentType: 'text/plain; charset=iso-8859-1' })
    assert.deepEqual([kept.text, codes(kept)], ['Le café crème, déjà brûlé', []])
  })

  /** 夜間門診開放，市民稱讚 in Big5. */
  const big5 = Uint8Array.from(Buffer.from('a95db6a1aaf9b645b67da9f1a141a5aba5c1bad9c667', 'hex'))

  test("Big5 and GBK are told apart by their everyday characters, under each other's label too", () => {
    for (const contentType of ['', 'text/xml; charset=big5', 'text/xml; charset=gbk', 'text/xml; charset=iso-8859-1'])
      assert.equal(decodeBytes(bytes('<r>', big5, '</r>'), { contentType }).encoding, 'big5', contentType)
    for (const contentType of ['', 'text/xml; charset=big5', 'text/xml; charset=gbk'])
      assert.equal(decodeBytes(bytes('<r>', gbk, '</r>'), { contentType }).text, `<r>${words}</r>`, contentType)
  })

  test('a page in two encodings is read part by part', () => {
    const inUtf8 = '<a>这一条是正常编码的正文</a><b>夜间门诊</b>'
    const mostlyUtf8 = decodeBytes(bytes(inUtf8.repeat(4), '<c>', gbk, '</c>'))
    assert.deepEqual([mostlyUtf8.text, codes(mostlyUtf8)], [`${inUtf8.repeat(4)}<c>${words}</c>`, ['encoding_mixed']])
    const pages = bytes('<a>', gbk, '</a>', '<b>', gbk, '</b>', '<c>', gbk, '</c>')
    const mostlyGbk = decodeBytes(bytes(pages, '<d>夜间门诊</d>', pages), { contentType: 'text/xml; charset=gb2312' })
    assert.ok(mostlyGbk.text.includes('<d>夜间门诊</d>') && mostlyGbk.text.split(words).length === 7)
    assert.deepEqual(codes(mostlyGbk), ['encoding_mixed'])
  })

  test('UTF-16 without a mark is known also when it begins with Chinese', () => {
    const table = '标题,正文,网址\n夜间门诊开放,市民称赞,https://www.example.cn/1\n'
    for (const little of [true, false]) assert.equal(decodeBytes(utf16(table, little)).text, table)
  })

  test('what cannot be read as text is refused with its encoding or kind named', () => {
    const refusals: [Buffer, string, string, string][] = [
      [Buffer.from('<r>~{<:Ky2;~}</r>'), 'hz-gb-2312', 'encoding_unsupported', 'hz-gb-2312'],
      [Buffer.from('<r>+U5dOrA-</r>'), 'utf-7', 'encoding_unsupported', 'utf-7'],
      [Buffer.from('\x1b$)A\x0eQ9VV\x0f'), 'iso-2022-cn', 'encoding_unsupported', 'iso-2022-cn'],
      [Buffer.from('4c998d8d40a58599a289969540e7d4d3', 'hex'), 'ibm037', 'encoding_unsupported', 'ibm037'],
      [Buffer.from('504b03041400060008000000', 'hex'), 'utf-8', 'not_text', 'ZIP（xlsx、docx）'],
      [Buffer.from('%PDF-1.7'), 'utf-8', 'not_text', 'PDF'],
    ]
    for (const [input, label, code, at] of refusals) {
      const { text, refused } = decodeBytes(input, { contentType: `text/plain; charset=${label}` })
      assert.deepEqual([text, refused?.code, refused?.at], ['', code, at], label)
    }
    assert.equal(decodeBytes(Buffer.from('<r>a+b</r>'), { contentType: 'text/xml; charset=utf-7' }).refused, undefined)
  })
})
