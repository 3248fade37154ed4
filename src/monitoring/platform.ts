import { normalForm } from '../engines/index.ts'
import { scalar } from './said.ts'

/** Words in a platform's name as exports write it, the more exact first. */
const words: readonly (readonly [RegExp, string])[] = [
  [/微博|围脖|weibo|^wb$|^sinaweibo$|^xlwb$/, 'weibo'],
  [/微信|公众号|公众平台|视频号|看一看|weixin|wechat|^wx$|^gzh$|^wxgzh$|^mp$|^sph$/, 'wechat'],
  [/抖音|douyin|^dy$|^aweme$/, 'douyin'],
  [/快手|kuaishou|^ks$|^kwai$/, 'kuaishou'],
  [/小红书|红书|xiaohongshu|xhslink|^xhs$|^red(?:note|book)?$/, 'xiaohongshu'],
  [/哔哩|嗶哩|^b站|bilibili|^bili$|^blbl$|^bz$/, 'bilibili'],
  [/知乎|zhihu|^zh$/, 'zhihu'],
  [/贴吧|tieba|^tb$|^bdtb$/, 'tieba'],
  [/头条|頭條|toutiao|^tt$|^jrtt$/, 'toutiao'],
  [/点评|美团|dianping|^dzdp$|^dp$/, 'dianping'],
  [/黑猫|heimao|tousu\.sina/, 'heimao'],
  [/12345|市民热线|政务热线|市长热线|政府热线/, '12345'],
  [/论坛|社区|bbs|forum|^lt$|豆瓣|天涯/, 'forum'],
  [/新闻|日报|晚报|早报|都市报|报纸|媒体|通讯社|news|^xw$/, 'news'],
  [/网页|网站|website|^web$|^wz$/, 'web'],
  [/其他|其它|other|^qt$/, 'other'],
]

/** One name for one platform, however it was written. `known` is false when the name had to be given up for `other`. Null for none. */
export function readPlatform(value: unknown): { platform: string; known: boolean } | null {
  const name = normalForm(scalar(value).slice(0, 1000))
    .replace(/\p{Cc}|\s/gu, '')
    .slice(0, 64)
    .toLowerCase()
  if (name === '') return null
  const found = words.find(([word]) => word.test(name))?.[1]
  if (found !== undefined) return { platform: found, known: true }
  return /^[a-z0-9_.-]{1,32}$/.test(name) ? { platform: name, known: true } : { platform: 'other', known: false }
}
