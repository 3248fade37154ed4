import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeBytes } from './index.ts'

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
})
