/**
 * The demo's ten minutes: a calm morning, a complaint about fees in 杭州, a rumour about 广州 that spreads, and a complaint in 宁波
 * that is answered before one's eyes. `at` counts seconds from the start. `{…}` is filled anew each time the story is told, so that a
 * story told again is no repeat. All people, places and happenings are invented.
 */
export interface Beat {
  readonly at: number
  readonly platform: string
  readonly kind: string
  readonly author: string
  readonly title: string
  readonly text: string
  /** How many people repost it word for word within the next half minute. */
  readonly reposts?: number
}

export const story: readonly Beat[] = [
  {
    at: 5,
    platform: 'wechat',
    kind: 'article',
    author: '衡川杭州医院',
    title: '门诊{day}起新增夜间骨科号源',
    text: '衡川杭州医院自{day}起增开夜间骨科门诊，每周一、三、五18:00至21:00，可通过官方小程序预约，医保结算与日间相同。',
  },
  {
    at: 20,
    platform: 'xiaohongshu',
    kind: 'post',
    author: '山茶不加糖',
    title: '成都衡川产检第{n}次',
    text: '锦城院区这次产检全程{m}分钟，护士姐姐提前把空腹项目排在最前面，还给没吃早饭的我塞了一块饼干，真的很贴心，谢谢你们。',
  },
  {
    at: 45,
    platform: '12345',
    kind: 'complaint',
    author: '市民',
    title: '咨询武汉衡川医院停车',
    text: '想问一下光谷院区地下停车场{day}是否对就诊家属开放，上次去排了{m}分钟没有停进去，希望在公众号里写清楚。',
  },
  {
    at: 70,
    platform: 'heimao',
    kind: 'complaint',
    author: '匿名',
    title: '杭州衡川医院重复收取床旁监护费',
    text: '投诉对象：衡川杭州医院心内科。本人父亲{day}出院，清单显示“床旁心电监护”收了{m}小时，实际住院不到两天，护士站说是系统自动计费，收费处让找医保办，医保办电话没人接。涉及金额{fee}元，要求退费并书面说明。',
  },
  {
    at: 95,
    platform: 'weibo',
    kind: 'comment',
    author: '今天也要早睡鸭',
    title: '',
    text: '杭州衡川心内的收费我家也遇到过，清单对了三遍对不上，最后多收的{fee}元拖了一个月才退，流程太折腾人了。',
  },
  {
    at: 120,
    platform: 'news',
    kind: 'article',
    author: '武汉晚报',
    title: '光谷院区开展社区心肺复苏培训',
    text: '{day}上午，武汉衡川医院急诊科走进社区，为{n}位居民讲授心肺复苏和自动除颤仪使用方法，居民分组练习并通过考核。',
  },
  {
    at: 150,
    platform: 'douyin',
    kind: 'comment',
    author: '珠江边的风',
    title: '',
    text: '听说广州衡川天河院区{day}有人打完疫苗当场没了，真的假的，我妈明天还要去打。',
    reposts: 2,
  },
  {
    at: 165,
    platform: '12345',
    kind: 'complaint',
    author: '市民',
    title: '宁波衡川医院口腔科候诊一个半小时无人解释',
    text: '投诉衡川宁波医院口腔科：{day}预约九点，等到十点{m}分才叫号，前台态度生硬，说加了急诊号就让等着，没有人解释也没有人道歉。老人空腹等到头晕。要求医院书面答复，退还挂号费{fee}元，并说明加号规则。',
  },
  {
    at: 185,
    platform: 'weibo',
    kind: 'post',
    author: '羊城身边事儿',
    title: '',
    text: '网传广州衡川医院天河院区{day}发生疫苗接种致死事件，现场拉了警戒线，家属在大厅哭，医院到现在没有任何回应，求知情人爆料。',
    reposts: 6,
  },
  {
    at: 215,
    platform: 'xiaohongshu',
    kind: 'post',
    author: '带娃的小葵',
    title: '天河院区疫苗还能打吗',
    text: '小区群里都在传广州衡川打疫苗死了人，说是一批针剂有问题，{n}个孩子发烧。有没有在里面上班的姐妹出来说一句，孩子明天第二针，急。',
  },
  {
    at: 240,
    platform: 'weibo',
    kind: 'post',
    author: '路过的橘猫',
    title: '',
    text: '转给广州的朋友：衡川天河院区疫苗出事，听说不止一个，已经有媒体过去了，家里有接种的先停一停。',
    reposts: 12,
  },
  {
    at: 265,
    platform: 'wechat',
    kind: 'article',
    author: '衡川厦门医院',
    title: '集美院区肾友会第{n}期活动报名',
    text: '本期由营养科讲解低磷饮食，地点在集美院区三楼示教室，名额{m}人，扫码登记，免费参加。',
  },
  {
    at: 290,
    platform: 'toutiao',
    kind: 'article',
    author: '南粤观察',
    title: '广州一医院被传“疫苗致死”，院方暂未回应',
    text: '{day}，多个平台流传衡川广州医院天河院区发生疫苗接种后死亡事件，记者致电院方未获接听。截至发稿，当地卫生部门表示正在了解情况。',
    reposts: 4,
  },
  {
    at: 330,
    platform: 'zhihu',
    kind: 'comment',
    author: '儿科小学徒',
    title: '',
    text: '宁波衡川口腔科{day}给我回了电话，解释了加号的原因还道了歉，改约也没有再收挂号费，处理得算快，给个好评。',
  },
  {
    at: 360,
    platform: 'douyin',
    kind: 'video',
    author: '老广阿强',
    title: '天河院区现场',
    text: '我就在广州衡川天河院区门口，没有警戒线，是{day}消防演练。网上说打疫苗死人的别传了，接种点人都排着队呢。',
  },
  {
    at: 400,
    platform: 'wechat',
    kind: 'article',
    author: '衡川广州医院',
    title: '关于网传“天河院区疫苗事件”的情况说明',
    text: '网传衡川广州医院天河院区发生疫苗接种致死事件为不实信息。{day}院区开展消防疏散演练，设置临时警戒线。当日接种{m}剂次，无严重异常反应。请勿传播未经核实的信息。',
  },
  {
    at: 430,
    platform: 'weibo',
    kind: 'post',
    author: '羊城身边事儿',
    title: '',
    text: '更正：此前转发的广州衡川医院疫苗消息不实，院方已说明为消防演练，原博已删，向大家致歉。',
  },
  {
    at: 470,
    platform: 'tieba',
    kind: 'post',
    author: '滇池边钓鱼',
    title: '昆明衡川检查报告',
    text: '滇池院区的核磁{day}做的，报告小程序{n}小时就出来了，比上次快很多，值得表扬一下。',
  },
  {
    at: 510,
    platform: '12345',
    kind: 'complaint',
    author: '市民',
    title: '反映南京衡川医院电梯',
    text: '仙林院区住院楼{n}号电梯{day}停用，老人坐轮椅要等{m}分钟，希望院方增派引导或尽快修好。',
  },
  {
    at: 560,
    platform: 'news',
    kind: 'article',
    author: '健康报道',
    title: '衡川医疗集团发布患者满意度季报',
    text: '衡川医疗集团三十家分院第{n}期满意度调查显示，候诊时间评分较上期提升{m}个百分位，集团称将继续改进停车与收费查询。',
  },
]

/** How long the story takes, in seconds. */
export const storySeconds = 600

/** Who answers the complaint in 宁波, and what they write; seconds count from the moment its case appears. */
export const answering = {
  login: 'ningbo.duty',
  unit: 'ningbo',
  steps: [
    { after: 15, ask: 'response.acknowledge_case', text: null },
    { after: 35, ask: 'response.take_case', text: null },
    {
      after: 70,
      ask: 'response.note_case',
      text: '已电话联系口腔科：当日上午加诊两位外伤患者，叫号屏未同步显示，前台未主动说明。',
    },
    {
      after: 120,
      ask: 'response.answer_case',
      text: '您好，因外伤急诊加号导致您等候过久且未及时告知，我们向您致歉。已为您免费改约，并调整叫号屏提示。如仍有疑问请致电门诊办公室。',
    },
  ],
} as const

/** Fills the places of a text that differ each time. `telling` is any number; the same one gives the same words. */
export function tell(text: string, telling: number, at: number): string {
  const roll = (most: number, salt: number) => ((telling * 7919 + at * 31 + salt * 104729) % most) + 1
  const words: Readonly<Record<string, () => string>> = {
    day: () => `${roll(12, 1)}月${roll(28, 2)}日`,
    n: () => String(roll(9, 3) + 2),
    m: () => String(roll(48, 4) + 11),
    fee: () => `${roll(900, 5) + 99}.${roll(9, 6)}0`,
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => words[name]?.() ?? whole)
}
