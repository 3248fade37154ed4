import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mock, test } from 'node:test'
import fc from 'fast-check'
import { someText } from '../text/sample.ts'
import { createJudge } from './engine.ts'
import { prepareNames } from './group.ts'
import { REASON_WORDS, sayReason } from './reasons.ts'
import type { Group, JudgeItem, Judgement } from './types.ts'

const group = JSON.parse(readFileSync(new URL('../../../demo/group.json', import.meta.url), 'utf8')) as Group
const engine = createJudge(group)
const judge = (text: string, rest: Partial<JudgeItem> = {}): Judgement =>
  engine.judge({ platform: 'weibo', kind: 'post', author: '路人甲', title: '', text, ...rest })

test('a complaint is judged in all its parts', () => {
  const got = judge('昨天带我妈在杭州衡川医院看病,同一个彩超收了两次钱,窗口说发票开了就退不了。要求核对清单并退费!')
  assert.deepEqual(
    [got.relevant, got.units, got.sentiment, got.category, got.triage],
    [true, ['hangzhou'], 'negative', 'fees', 'appeal'],
  )
  assert.ok(got.severity >= 1 && got.severity <= 3)
})

test('praise, notices and look-alikes', () => {
  const praise = judge('感谢苏州衡川妇产科的邵怀瑾主任,耐心负责,母女平安,送上锦旗!')
  assert.deepEqual(
    [praise.units, praise.sentiment, praise.category, praise.severity, praise.triage],
    [['suzhou'], 'positive', 'praise', 0, 'none'],
  )
  const notice = judge('因设备检修,本周六上午门诊停诊半天,已预约的患者请改约,敬请谅解。', {
    author: '衡川苏州医院',
    kind: 'article',
    platform: 'wechat',
    title: '停诊通知',
  })
  assert.deepEqual([notice.units, notice.sentiment, notice.severity], [['suzhou'], 'neutral', 0])
  for (const text of ['衡川县今天开了两会,县城挺热闹', '周末去衡川路吃麻辣烫,人均三十二', '今天天气真好,去公园跑了五公里']) {
    const got = judge(text)
    assert.deepEqual([got.relevant, got.units, got.category, got.severity], [false, [], 'irrelevant', 0], text)
    assert.ok(got.reasons.some((reason) => reason.code.startsWith('irrelevant_')))
  }
})

test('units: longest name, campus, place with brand, doctors by place and department, lists', () => {
  const cases: [string, string[]][] = [
    ['衡川医疗集团今天发布年报,门诊量上升', ['hq']],
    ['衡川华东区域中心牵头会诊', ['east']],
    ['西溪院区输液室护士扎针扎了三次,手都青了', ['hangzhou']],
    ['衡川的宁波那家医院停车太难了', ['ningbo']],
    ['杭*州*衡*川医院的医生误诊,要求赔偿', ['hangzhou']],
    ['感谢陆砚清主任,心脏支架手术很成功', ['hangzhou']],
    ['感谢陆砚清医生,在洛阳急诊抢救了我爸', ['luoyang']],
    ['衡川武汉、长沙、郑州三院的挂号系统都崩了,排队两小时', ['wuhan', 'changsha', 'zhengzhou']],
  ]
  for (const [text, want] of cases) assert.deepEqual([...judge(text).units].sort(), [...want].sort(), text)
})

test('any group file will do', () => {
  const other: Group = {
    name: '青禾医疗',
    units: [
      { code: 'head', name: '青禾医疗总部', kind: 'headquarters', parent: null, aliases: ['青禾医疗集团'] },
      {
        code: 'wx',
        name: '青禾无锡医院',
        kind: 'branch',
        parent: 'head',
        city: '无锡',
        campus: '梅园院区',
        doctors: [{ name: '钟若谷', department: '眼科' }],
      },
      { code: 'cz', name: '青禾常州医院', kind: 'branch', parent: 'head', city: '常州', campus: '天宁院区' },
    ],
  }
  assert.equal(prepareNames(other).brand, '青禾')
  const judged = (text: string): string[] =>
    createJudge(other).judge({ platform: 'weibo', kind: 'post', author: '', title: '', text }).units
  assert.deepEqual(judged('无锡青禾的停车场排队一小时,投诉没人理'), ['wx'])
  assert.deepEqual(judged('梅园院区护士态度太差了,投诉了也没人管'), ['wx'])
  assert.deepEqual(judged('青禾医院乱收费,要求退费'), ['head'])
  assert.deepEqual(judged('杭州衡川医院乱收费,要求退费'), [])
  assert.equal(prepareNames({ name: 'x', units: [{ code: 'a', name: '第一医院', kind: 'branch', parent: null }] }).brand, '')
})

test('reasons quote the original text and can be said in both languages', () => {
  const title = '避雷'
  const text = '杭州衡*川醫院亂收費,😡護士態度差,我爸死在急診沒人管'
  const got = judge(text, { title })
  for (const reason of got.reasons) {
    for (const { field, start, end, term } of reason.evidence ?? []) {
      const source = { text, title, author: '路人甲' }[field]
      assert.ok(start >= 0 && end <= source.length && start < end, `${reason.code} ${term}`)
    }
    assert.ok(reason.code in REASON_WORDS, reason.code)
    for (const language of ['zh', 'en'] as const)
      assert.doesNotMatch(
        sayReason(reason, language, (code) => code),
        /\{|\}|undefined/,
      )
  }
  const named = got.reasons.find((reason) => reason.unit === 'hangzhou')?.evidence?.[0]
  assert.equal(text.slice(named?.start, named?.end), '杭州衡*川醫院')
  assert.ok(got.reasons.some((reason) => reason.code === 'name_obfuscated'))
})

test('labels fit each other whatever comes', () => {
  const names = fc.constantFrom('杭州衡川', '衡川', '西溪院区', '陆砚清', '死亡', '感谢', '收费', '辟谣', '')
  fc.assert(
    fc.property(fc.array(fc.oneof(names, someText), { maxLength: 8 }), someText, someText, (pieces, title, author) => {
      const got = judge(pieces.join(''), { title, author })
      if (!got.relevant)
        assert.deepEqual(
          [got.units, got.sentiment, got.category, got.also, got.severity, got.triage],
          [[], 'neutral', 'irrelevant', [], 0, 'none'],
        )
      else assert.ok(got.units.length > 0 && got.category !== 'irrelevant')
      assert.equal(got.triage === 'none', got.sentiment !== 'negative')
      if (got.sentiment === 'positive') assert.equal(got.severity, 0)
      assert.ok(!got.also.includes(got.category))
    }),
    { numRuns: 300 },
  )
})

test('hostile texts cost no more than those of the length that is examined, and the cut is told', () => {
  const looked = mock.method(String.prototype, 'charCodeAt')
  for (const unit of ['医', '\ud800', '\0', '杭州衡川医院', '衡*', '死亡', '杭州、']) {
    const stepsFor = (length: number) => {
      const text = unit.repeat(Math.floor(length / unit.length))
      looked.mock.resetCalls()
      const got = judge(text, { title: text, author: text })
      assert.ok(got.reasons.some((reason) => reason.code === 'text_truncated' && reason.numbers?.['limit'] === 20_000))
      return looked.mock.callCount()
    }
    const [examined, long] = [stepsFor(20_010), stepsFor(1_000_000)]
    assert.ok(examined > 0 && long <= examined * 1.1, `${unit}: ${examined} steps became ${long}`)
  }
  mock.restoreAll()
})
