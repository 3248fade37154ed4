import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { someText } from './sample.ts'
import { containsQuery, pairsOf, readQuery, searched } from './search.ts'

test('what is searched: marks beside Han characters are looked over, words and numbers stay apart', () => {
  for (const [text, want] of [
    ['停车费太贵、检查费乱收！', '停车费太贵检查费乱收'],
    ['衡*川醫院', '衡川医院'],
    ['第一段\n第二段\n\n\n标题', '第一段第二段 标题'],
    ['drop table 100,200', 'drop table100 200'],
    ['COVID－19 疫苗', 'covid19疫苗'],
    ['C++工程师 100％ C#', 'c++工程师100% c#'],
    ['气死我了🤬🤬👍', '气死我了\n🤬👍'],
    ['A_17\0\ud800号', 'a17号'],
  ] as const)
    assert.equal(searched(text), want)
})

test('a query: words, phrases, what is kept out', () => {
  const cases: [string, string[], string[]][] = [
    ['招商 -公司', ['招商'], ['公司']],
    ['招商 NOT 公司', ['招商'], ['公司']],
    ['招商 非 公司 证券', ['招商', '证券'], ['公司']],
    ['招商 !“有限 公司”', ['招商'], ['有限公司']],
    ['"招商证券" AND "公司"', ['招商证券', '公司'], []],
    ['“三研”空间', ['三研', '空间'], []],
    ['停车费太贵，检查费', ['停车费太贵', '检查费'], []],
    ['中国-东盟 - 公告', ['中国东盟', '公告'], []],
    ['"open heart"', ['open heart'], []],
    ['气死🤬', ['气死', '🤬'], []],
    ['！、*** % _ \\ " “', [], []],
    ['-公司', [], ['公司']],
    ['\0', [], []],
  ]
  for (const [query, wanted, unwanted] of cases) {
    const read = readQuery(query)
    assert.deepEqual([read.wanted, read.unwanted], [wanted, unwanted], query)
  }
  assert.deepEqual(readQuery('衡川 停車費').pairs, ['衡川', '停车', '车费'])
  assert.ok(containsQuery('杭州衡*川醫院停車太貴', '停车 衡川'))
  for (const query of ['川衡', '***', '-停车', '衡川 -停车']) assert.ok(!containsQuery('衡川停车', query), query)
})

test('the index knows every wanted word that a text holds', () => {
  fc.assert(
    fc.property(someText, fc.nat(), fc.nat(), (source, from, size) => {
      const characters = [...source]
      const start = from % (characters.length + 1)
      const query = characters.slice(start, start + 1 + (size % 12)).join('')
      if (!containsQuery(source, query)) return
      const terms = new Set(pairsOf(searched(source)))
      for (const pair of readQuery(query).pairs) assert.ok(terms.has(pair), JSON.stringify({ source, query, pair }))
    }),
    { numRuns: 1000 },
  )
})

test('any stretch of words of a text finds the text', () => {
  fc.assert(
    fc.property(someText, fc.nat(), fc.nat(), (source, from, size) => {
      const words = searched(source).split('\n')[0] ?? ''
      const start = from % (words.length + 1)
      const query = words
        .slice(start, start + 2 + (size % 12))
        .toWellFormed()
        .replaceAll('\ufffd', '')
      const { wanted } = readQuery(query)
      if (wanted.length > 0) assert.ok(containsQuery(source, query), JSON.stringify({ source, query, wanted }))
    }),
    { numRuns: 1000 },
  )
})
