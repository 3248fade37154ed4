import type { Name, NameKind, Names } from './group.ts'
import type { Passage } from './passage.ts'

/** A name of the group found in an item. */
export interface Mention {
  readonly name: Name
  readonly kind: NameKind
  /** In folded text. */
  readonly start: number
  readonly end: number
  readonly field: 'author' | 'title' | 'text'
}

/** What follows a brand word where it is not the hospital group: places, other hospitals, trades, schools, teams, stories, people. */
const OTHER_AFTER = new RegExp(
  `^(?:${[
    '县|镇|乡|村|路|街|大道|大桥|桥|河|江|湖|山|岭|水库|大堤|码头|火车|高铁|机场|航线|站|市|区(?!域)|省|州|府|公园|景区|入海口|流域|盆地|一带|老家|方言|口音|人家',
    '人民医院|中心医院|中医院|中医医院|妇幼|第[一二三四五六]|市[一二三四五]院|卫生院|口腔连锁|美容|医美',
    '中学|小学|大学|[一二三]中|高中|初中|实验|幼儿|学校|学院|医学院|驾校|书店|书院',
    '股份|资本|基金|证券|银行|地产|置业|物业|花园|小区|家园|广场|商场|集市|大?酒店|宾馆|民宿|饭店|餐厅|火锅|烧烤|牛肉|米粉|面馆|豆腐|奶茶|咖啡',
    '酒业|白酒|窖|酒厂|茶|速运|物流|快递|汽修|汽车|机械|重工|建材|化工|电子|科技公司|健身|动物|宠物|兽医|窑|剑|菜|鸭|鱼|羊|农',
    '战队|队(?!伍|长说)|俱乐部|杯|主题|密室|副本|夜雨|往事|传奇|风云|渡|王妃|老师|先生|女士|同学|太太|哥|姐|君|国(?!际|家)',
  ].join('|')})`,
  'u',
)
/** What makes a shared word a different one when it stands before. */
const OTHER_BEFORE = /(?:横|小说|游戏|从前|古|老|某)$/u
/** Surnames that seldom end another word: 李衡川 is a person, unless it goes on as a hospital. */
const SURNAME_BEFORE = /[陈赵李王张刘杨黄吴周徐孙朱胡郭梁宋郑韩冯董曹袁邓彭吕蒋蔡魏薛潘戴]$/u

/** Finds the group's names; where names overlap the longest counts. Look-alikes are told apart. */
export function findMentions(passage: Passage, names: Names): { mentions: Mention[]; lookalikes: Mention[] } {
  const found: Mention[] = []
  const { folded } = passage
  names.automaton.scan(folded.units, (term, end) => {
    const name = names.names[term]!
    const start = end - name.term.length
    const field = start >= passage.text ? 'text' : start >= passage.title ? 'title' : 'author'
    found.push({ name, kind: name.kind, start, end, field })
    return found.length < 400
  })
  found.sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)
  const taken: Mention[] = []
  for (const mention of found) {
    if (!taken.some((other) => mention.start < other.end && other.start < mention.end)) taken.push(mention)
  }
  const mentions: Mention[] = []
  const lookalikes: Mention[] = []
  for (const mention of taken.sort((a, b) => a.start - b.start)) {
    ;(isLookalike(mention, folded.text, names.brand) ? lookalikes : mentions).push(mention)
  }
  return { mentions, lookalikes }
}

function isLookalike(mention: Mention, text: string, brand: string): boolean {
  const { term, kind } = mention.name
  const after = text.slice(mention.end, mention.end + 4)
  const before = text.slice(Math.max(0, mention.start - 3), mention.start)
  if (kind === 'brand' || (kind === 'alias' && term.endsWith(brand) && brand !== '')) {
    if (term.endsWith(brand) && OTHER_AFTER.test(after)) return true
    return kind === 'brand' && (OTHER_BEFORE.test(before) || (SURNAME_BEFORE.test(before) && !/^[的医院集总]/u.test(after)))
  }
  // 某某医院天河院区: a campus of another hospital of the same place.
  if (kind === 'campus') return /(?:医院|[一二三四五六]院)$/u.test(before)
  return false
}
