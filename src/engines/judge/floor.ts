import type { Category, Sentiment, Severity } from './types.ts'

/** A severity below which an item is not put, and where the words for it stand in the folded text. */
export interface Floor {
  readonly code: FloorCode
  readonly severity: Severity
  readonly start: number
  readonly end: number
}

export type FloorCode = 'floor_weapon' | 'floor_violence' | 'floor_death' | 'floor_injury' | 'floor_minor' | 'floor_leak'

interface Rule {
  readonly code: FloorCode
  readonly severity: Severity
  readonly said: RegExp
  /** What turns the very words into something harmless; tried on the stretch around them. */
  readonly unless?: RegExp
}

const PEOPLE = '医生|护士|大夫|医护|主任|护工|保安|导医|患者|病人|家属|老人|产妇|孕妇|孩子|小孩|学生|同事|规培|实习'
const CHILD = '孩子|小孩|宝宝|婴儿|新生儿|幼儿|女童|男童|儿童|娃|女婴|男婴|我儿子|我女儿|未成年'
const KIN = `${CHILD}|人|老人|妈|爸|母亲|父亲|妈妈|爸爸|奶奶|爷爷|外婆|外公|姥姥|姥爷|老公|老婆|丈夫|妻子|哥|姐|患者|病人|产妇|老太太|老头`

/**
 * What must never be taken for a grumble, in the order of how much it weighs. The severities follow the label guide: weapons are a crisis,
 * violence, death, harm to patients, staff or minors and leaks of what is private may spread or harm.
 */
const RULES: readonly Rule[] = [
  {
    code: 'floor_weapon',
    severity: 4,
    said: /(?:持|拿|提|挥|掏|拔|举|抡|揣)[着了出起]{0,2}[一两]?[把根]?.{0,4}(?:菜刀|砍刀|匕首|水果刀|尖刀|长刀|折叠刀|斧|榔头|铁锤|钢管|刀)|(?:砍|捅|刺)(?:伤|死|杀|向|了|中|倒)(?:.{0,3}(?:刀|人|医|护|保安|患者|家属))?|(?:被|遭|将).{0,8}(?:砍|捅|刺伤|刺死)|伤医|袭医|行凶|持械|枪击|泼(?:汽油|硫酸)|浇汽油|炸药|爆炸物/g,
    unless: /手术刀|伽马刀|刀口|刀法|开刀|针刺伤|扎伤|砍价|砍掉|美工/,
  },
  {
    code: 'floor_violence',
    severity: 3,
    said: /跳楼|坠楼|轻生|自杀|自焚|割腕|性侵|强奸|猥亵|绑架|劫持|杀人|纵火/g,
    unless: /预防自杀|自杀(?:倾向|干预|热线|念头)|心理热线|防(?:止)?(?:跳楼|坠楼|轻生)/,
  },
  {
    code: 'floor_violence',
    severity: 3,
    said: new RegExp(
      `(?:被|遭|把|将).{0,10}(?:殴打|暴打|围殴|打伤|打骨折|打得|打出血|打了|踹了|扇了|推倒|掐住)|(?:动手|挥拳|抡拳)(?:打|推|就打|打了)?|(?:打|扇|抽)(?:了|他|她|我|人)?.{0,4}(?:耳光|巴掌)|(?:殴打|围殴|暴打|打伤|推搡)(?:了)?.{0,4}(?:${PEOPLE})|打砸|砸(?:了|烂|毁).{0,6}(?:诊室|护士站|急诊|大厅|玻璃|电脑)|掐.{0,2}脖子`,
      'g',
    ),
    unless: /打了.{0,4}(?:电话|折|针|招呼|照面|车|水|饭|卡|码|分|石膏|封闭|疫苗)|被打(?:断|扰|动|回|发)|雨打/,
  },
  {
    code: 'floor_death',
    severity: 3,
    said: new RegExp(
      `抢救无效|没(?:能)?(?:抢)?救(?:回来|过来)|身亡|猝死|离世|去世|丧命|断气|咽气|一尸两命|胎死(?:腹中)?|夭折|命丧|被(?:治|医|害|拖|耽误)死|(?:治|医|害|拖|耽误)死(?:了|人|患者|病人|我)|致(?:人|其|患者|病人)?死亡|死亡(?:事件|事故|病例|患者|真相|原因)|死在|死于|死者|尸检|遗体|遗像|抬棺|设灵堂|摆花圈|人没了|(?:${KIN})(?:就|都|已经|已|突然|最后|还是|当场|今早|昨晚|当晚|后来|却)?(?:这样|这么)?(?:没了|死了|死亡|不在了)|死了.{0,3}[人个名]|闹出人命|出人命|人命关天`,
      'g',
    ),
    unless:
      /死亡率|致死率|死亡风险|死亡证明|预防.{0,4}猝死|猝死.{0,6}(?:预防|风险|预警|高发|前兆|元凶)|防猝死|远离猝死|遗体捐献|捐献(?:遗体|器官)|安宁疗护|临终|脑死亡判定|去世(?:多年|好几年|很多年|三年|两年|十年)|已故|生前|笑死|累死|气死|烦死|急死|吓死|饿死|等死|热死|堵死|冷死|难受死|死机|差点|险些/,
  },
  {
    code: 'floor_injury',
    severity: 3,
    said: /(?:输|打|发|拿|用|给|配|抽)错(?:了)?(?:液|针|药|血|人)|(?:开|切|拔|割)错(?:了)?(?:刀|腿|眼|牙|边|侧|人|手|器官)?|手术做错|做错(?:了)?手术|抱错(?:了)?(?:孩子|婴儿|娃)?|(?:纱布|器械|针头|钢丝|异物|棉球).{0,8}(?:留|落|忘|遗|断)在?.{0,6}(?:体内|肚|腹|里|牙|膝|身)|(?:过期|失效)(?:的)?(?:药|疫苗|试剂|液)|截肢|植物人|毁容|致残|致盲|高位截瘫|落下.{0,4}残|被烫伤|烫伤了|坠床|电梯.{0,6}(?:坠|夹|急坠)|(?:集体|多人|多名).{0,8}(?:感染|中毒|呕吐|发热)|误诊.{0,12}(?:晚期|转移|切除|癌)|(?:延误|耽误|贻误).{0,6}(?:抢救|治疗|最佳|病情)/g,
    unless:
      /发错(?:短信|群|消息|号)|打错(?:电话|字|号)|用错(?:词|字)|[拿开]错(?:药方|号|单|伞|票|快递)|截肢(?:手术)?成功|避免(?:了)?截肢|免于截肢|保住/,
  },
  {
    code: 'floor_minor',
    severity: 3,
    said: new RegExp(
      `(?:${CHILD}).{0,16}(?:打错|输错|抽搐|昏迷|窒息|烫伤|摔(?:下|落|成|了)|骨折|失踪|走失|弄丢|被拐|拐走|抱走|偷拍|感染|中毒|过敏性休克|缺氧|脑瘫|扎(?:了)?.{0,3}针)`,
      'g',
    ),
    unless: /自己摔|在家摔|学校摔|滑梯|幼儿园|送(?:来|到|去)|救(?:了|回|过来)|康复|痊愈|预防|如果|万一|怎么办/,
  },
  {
    code: 'floor_leak',
    severity: 3,
    said: /(?:泄露|泄漏|外泄|泄密|倒卖|贩卖|出售|售卖|挂(?:在|到)?网上|流(?:出|到|传)|被卖).{0,12}(?:病历|病案|信息|资料|名单|数据|身份证|化验单|照片|视频|隐私|检查单)|(?:病历|病案|患者信息|个人信息|名单|数据|身份证|化验单|资料|就诊记录).{0,12}(?:泄露|泄漏|外泄|倒卖|贩卖|被卖|流出|流到|挂(?:在|到)?网上|公开|卖给|传到网上|传到群)|偷拍|(?:艾滋|hiv|梅毒|流产|乙肝|精神病).{0,14}(?:泄露|泄漏|说出去|传开|公开|群里|当众|念出|大声)/g,
    unless:
      /防(?:止|范)?.{0,4}(?:泄露|泄漏)|不(?:会|得|准|许).{0,3}(?:泄露|泄漏)|保护.{0,4}隐私|(?:严禁|禁止|请勿|不要|别)(?:偷拍|泄露)/,
  },
]

/** Just before the words: they are denied, feared, supposed or quoted as untrue. */
const DENIED =
  /(?:没有|没|未|未曾|并未|并非|不是|从未|不存在|无|否认|避免|防止|预防|以防|差点|险些|如果|假如|万一|要是|会不会|以为[要会]|说[^，。]{0,6}要|怕|担心|别|不要|不得|严禁)[^，。！？,.!?\n]{0,4}$/u
/** The whole is told as untrue, settled, drilled, taught or made up. */
const DEBUNK = /辟谣|谣言|不实|不属实|造谣|系虚假|虚假信息|假消息|经核实.{0,12}(?:无|没有|并未|不)|演练|演习|模拟/
const TAUGHT =
  /科普|讲座|专家提醒|医生提醒|健康教育|误区|预防(?:方法|措施|知识)|注意事项|怎么预防|如何预防|急救知识|培训班|症状有哪些|指南|义诊|世界.{0,6}日|第.章|短剧|小说|剧情/
const SETTLED =
  /有期徒刑|获刑|被判|处理通报|一审|二审|终审|判决|判赔|判令|驳回|已结案|结案|达成(?:和解|调解|协议)|调解协议|已处理完毕|撤诉|多年前|旧闻/

/** It did not come to it, or a bystander comments: still no grumble, but nothing that harms by itself. */
const MILD = /幸好|幸亏|还好我|好在|差点|险些|未造成|没有造成|评论[:： @]/
/** What tells an event from a lesson, where the whole reads as information. */
const EVENT =
  /警方|民警|派出所|报警|事发|出警|120.{0,6}(?:赶到|拉走)|家属.{0,8}(?:称|表示|质疑|讨|闹|聚集|不满)|突发|现场|刚刚|昨晚|今早|今天|昨天/

interface Decided {
  readonly category: Category
  readonly sentiment: Sentiment
}

/** Praise, debunks and lessons speak of death and wounds without any harm done. */
function isHarmless(text: string, { category, sentiment }: Decided): boolean {
  if (sentiment === 'positive' || DEBUNK.test(text)) return true
  if (sentiment === 'negative') return false
  if (category === 'rumour' || category === 'praise') return true
  return category === 'information' && (TAUGHT.test(text) || !EVENT.test(text))
}

/**
 * The first floor that holds: written rules for weapons, violence, death, injury, minors and leaks, with their negations, so that what
 * the models take for a grumble is none. Null when nothing of the kind is said, or when it is denied, debunked, taught or made up.
 * What courts
 * have settled, and what nearly happened, stands at 2. `text` is the folded title and text; linear in its length.
 */
export function floorOf(text: string, decided: Decided): Floor | null {
  if (isHarmless(text, decided)) return null
  for (const { code, severity, said, unless } of RULES) {
    said.lastIndex = 0
    for (let found = said.exec(text); found !== null; found = said.exec(text)) {
      const [start, end] = [found.index, found.index + found[0].length]
      if (DENIED.test(text.slice(Math.max(0, start - 10), start))) continue
      if (unless?.test(text.slice(Math.max(0, start - 6), end + 8))) continue
      return { code, severity: SETTLED.test(text) || MILD.test(text) ? 2 : severity, start, end }
    }
  }
  return null
}
