import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fold } from '../text/fold.ts'
import { type FloorCode, floorOf } from './floor.ts'
import type { Category, Sentiment } from './types.ts'

const floor = (text: string, category: Category = 'dispute', sentiment: Sentiment = 'neutral') =>
  floorOf(fold(text).text, { category, sentiment })

test('weapons, violence, death, injury, harm to minors and leaks are never a grumble', () => {
  const cases: readonly [string, FloorCode, number][] = [
    ['刚才急诊有个男的持刀冲进诊室，吓得我腿软', 'floor_weapon', 4],
    ['听说护士被患者家属捅了，真的假的', 'floor_weapon', 4],
    ['家属把值班医生打伤了，保安才来', 'floor_violence', 3],
    ['导医台那个阿姨被扇了一耳光', 'floor_violence', 3],
    ['住院部有人跳楼，楼下拉了警戒线', 'floor_violence', 3],
    ['我爸昨晚没抢救过来，问谁都说不清楚', 'floor_death', 3],
    ['产妇一尸两命，家属在大厅讨说法', 'floor_death', 3],
    ['奶奶就这样没了，连个解释都没有', 'floor_death', 3],
    ['护士给我妈输错液，发现的时候已经打了半瓶', 'floor_injury', 3],
    ['术后复查发现纱布留在肚子里', 'floor_injury', 3],
    ['新生儿在病房被烫伤', 'floor_injury', 3],
    ['孩子打完针抽搐昏迷，没人管', 'floor_minor', 3],
    ['我的病历被挂到网上，谁都能看', 'floor_leak', 3],
    ['上千名患者信息遭泄露', 'floor_leak', 3],
  ]
  for (const [text, code, severity] of cases) {
    const found = floor(text, 'medical_safety', 'negative')
    assert.deepEqual([found?.code, found?.severity], [code, severity], text)
  }
})

test('their negations, debunks, lessons, figures of speech and thanks are no harm', () => {
  const harmless: readonly [string, Category, Sentiment][] = [
    ['现场没有人持刀，大家别传了', 'information', 'neutral'],
    ['网传孕妇一尸两命系谣言，警方已辟谣', 'rumour', 'neutral'],
    ['笑死，排队两小时看病两分钟', 'access', 'negative'],
    ['等死人了，叫号屏又坏了', 'access', 'negative'],
    ['自助机死机，累死我了', 'access', 'negative'],
    ['专家提醒：胸痛别硬扛，猝死离你并不远', 'information', 'neutral'],
    ['捂汗可能致死，酒精擦浴会中毒，家长最容易做错的五件事', 'information', 'neutral'],
    ['我妈走的时候很安详，谢谢安宁病房，去世前那几天多亏你们', 'praise', 'positive'],
    ['医生打了电话给家属', 'attitude', 'neutral'],
    ['针刺伤应急演练在急诊举行', 'information', 'neutral'],
    ['严禁偷拍，保护患者隐私', 'information', 'neutral'],
    ['避免了截肢，腿保住了', 'medical_safety', 'neutral'],
    ['发错短信了，不好意思', 'access', 'negative'],
    ['如果有人打伤护士会怎么处理', 'information', 'neutral'],
  ]
  for (const [text, category, sentiment] of harmless) assert.equal(floor(text, category, sentiment), null, text)
})

test('what a court has settled and what nearly happened wants an answer, no more', () => {
  assert.equal(floor('砍伤医生的男子一审获刑八年')?.severity, 2)
  assert.equal(floor('药房拿错药，幸好我多看了一眼', 'medical_safety', 'negative')?.severity, 2)
})

test('a floor says where its words stand', () => {
  const text = '住院部有人跳楼'
  const found = floor(text)
  assert.equal(text.slice(found?.start, found?.end), '跳楼')
})
