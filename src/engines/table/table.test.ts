import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import { guessColumns, type ItemFile, itemOf, readItemFile } from './index.ts'

/** A zip archive of named texts. */
function zip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes, { level: 1 })
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt16LE(8, 8)
    head.writeUInt32LE(crc32(bytes), 14)
    head.writeUInt32LE(packed.length, 18)
    head.writeUInt32LE(bytes.length, 22)
    head.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(20, 4)
    head.copy(entry, 6, 4, 30)
    entry.writeUInt32LE(at, 42)
    locals.push(head, Buffer.from(name), packed)
    central.push(entry, Buffer.from(name))
    at += 30 + name.length + packed.length
  }
  const list = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, list, end])
}

const head = '<?xml version="1.0" encoding="UTF-8"?>'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/package/2006/relationships'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
function workbook(sheet: string): Buffer {
  return zip({
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="一" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
  })
}
const text = (at: string, said: string) => `<c r="${at}" t="inlineStr"><is><t>${said}</t></is></c>`

const items = (file: ItemFile): object[] => {
  if (file.kind === 'items') return file.items.map(({ value }) => value as object)
  assert.equal(file.kind, 'table', JSON.stringify(file))
  return file.kind === 'table' ? file.rows.map(({ cells }) => itemOf(cells, file.map)) : []
}

test('an Excel sheet with a heading above its head, a date and a number too long for Excel', async () => {
  const book = workbook(`<row r="1">${text('A1', '衡川医院舆情周报')}</row>
    <row r="2">${text('A2', '标题')}${text('B2', '正文')}${text('C2', '发布时间')}${text('D2', '点赞数')}${text('E2', '帖子ID')}</row>
    <row r="3">${text('A3', '停车难')}${text('B3', '杭州衡川医院停车太贵')}<c r="C3" s="1"><v>45981.5</v></c><c r="D3"><v>12</v></c><c r="E3"><v>7.3012345678901235E+18</v></c></row>`)
  assert.deepEqual(items(await readItemFile(book)), [
    {
      ...{ title: '停车难', text: '杭州衡川医院停车太贵', published_at: '2025-11-20 12:00:00', id: '7.3012345678901235E+18' },
      engagement: { likes: '12' },
    },
  ])
})

test('CSV as Chinese programs write it: marks, line ends, quotes, encodings', async () => {
  const rows = ['平台,标题,正文,链接', '微博,停车难,"杭州衡川医院，""停车""太贵\n第二行",https://a.example/1']
  const expected = [{ title: '停车难', text: '杭州衡川医院，"停车"太贵\n第二行', url: 'https://a.example/1', platform: '微博' }]
  const utf8 = Buffer.from(rows.join('\r\n'))
  const gbk = Buffer.concat([
    Buffer.from('c6bdcca82cb1eacce22cd5fdcec42cc1b4bdd30d0a', 'hex'),
    Buffer.from('cea2b2a92ccda3b3b5c4d12cbabcd6ddbae2b4a8d2bdd4ba2c68747470733a2f2f612e6578616d706c652f31', 'hex'),
  ])
  for (const bytes of [
    utf8,
    Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]),
    Buffer.from(`\ufeff${rows.join('\n')}`, 'utf16le'),
  ])
    assert.deepEqual(items(await readItemFile(bytes)), expected)
  assert.deepEqual(items(await readItemFile(Buffer.from(rows.join('\n').replaceAll(',', '\t')))), expected)
  const [fromGbk] = items(await readItemFile(gbk)) as { platform: string; title: string; text: string }[]
  assert.deepEqual([fromGbk?.platform, fromGbk?.title, fromGbk?.text], ['微博', '停车难', '杭州衡川医院'])
})

test('JSON as an array, an object, lines, and with separators of lines inside a text', async () => {
  const one = { id: 'a', text: '杭州\u2028衡川\u2029医院' }
  for (const written of [
    JSON.stringify([one]),
    JSON.stringify([one], null, 2),
    JSON.stringify(one),
    JSON.stringify(one, null, 2),
    JSON.stringify({ data: [one] }, null, 1),
  ])
    assert.deepEqual(items(await readItemFile(Buffer.from(written))), [one], written)
  const lines = await readItemFile(
    Buffer.from(`\ufeff${JSON.stringify(one)}\r\n\r\n{broken\r\n{"id":7301234567890123456,"text":"b"}\r\n`),
  )
  assert.ok(lines.kind === 'items')
  assert.deepEqual([lines.items.map(({ line }) => line), lines.broken], [[1, 4], [3]])
  assert.deepEqual(lines.items[1]?.value, { id: '7301234567890123456', text: 'b' })
})

test('what cannot be read says why; bombs are refused before they unfold', async () => {
  const why = async (bytes: Buffer) => {
    const file = await readItemFile(bytes)
    assert.ok(file.kind === 'unreadable', JSON.stringify(file).slice(0, 100))
    assert.ok(file.why.zh && file.why.en)
    return file.why.zh
  }
  assert.match(await why(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0])), /xls/)
  assert.match(await why(Buffer.alloc(0)), /空/)
  assert.match(await why(Buffer.from('[1,2')), /JSON/)
  assert.match(await why(Buffer.from('标题,正文\n')), /没有数据/)
  assert.match(await why(zip({ 'a.txt': 'no workbook' })), /Excel/)
  const bomb = zip({ 'xl/worksheets/sheet1.xml': Buffer.alloc(152 * 1024 * 1024, 0x20) })
  assert.ok(bomb.length < 2_000_000)
  assert.match(await why(bomb), /过大/)
  // Its directory says that it is small.
  const lying = Buffer.from(bomb)
  lying.writeUInt32LE(10, lying.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 24)
  assert.match(await why(lying), /过大/)
})

test('columns are known by the names that exports give them', () => {
  assert.deepEqual(
    guessColumns(['序号', '媒体名称', '文章标题（全）', '摘要', '原文链接', '发文时间', '评论数', '转发量', '赞']),
    {
      ...{ platform: 1, title: 2, text: 3, url: 4, published_at: 5, comments: 6, shares: 7, likes: 8 },
    },
  )
  assert.deepEqual(guessColumns(['Title', 'Content', 'URL', 'Published_At', 'ID']), {
    ...{ title: 0, text: 1, url: 2, published_at: 3, id: 4 },
  })
  assert.deepEqual(guessColumns(['甲', '乙']), {})
})
