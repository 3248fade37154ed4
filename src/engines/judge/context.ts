import { isWordUnit } from '../text/character.ts'
import type { Mention } from './mention.ts'
import type { Passage } from './passage.ts'

/** What the surroundings of the names say. */
export type Sign = 'only_in_tags' | 'in_title_marks' | 'other_hospital' | 'place_itself' | 'no_hospital' | 'nothing_said'

/** Before 医院 these say which kind of hospital or none in particular, not another one by name. */
const PLAIN_BEFORE = new Set([
  ...'这那家我你他她们各全本该个所大的在去到进出来是了和跟与从让请说问找回叫有为对给被等住看离把当于往去你咱俺家公立私互联网上下里外三甲好坏小老新总分,。!?;:、\n #@“”（）()《》',
])
const OTHER = /医院|医美|齿科|诊所|妇产|眼科|口腔|卫生院|体检中心|卫生服务/gu
/** After a place's name, what makes it the place itself and no campus. */
const PLACE_AFTER =
  /^(?:湿地|公园|大道|路|街|步行街|地铁|边|湖|绿道|生态|清淤|景区|景点|管委会|区|镇|大学|城|山|河|水|社区|小区|业主|夜市|商场|广场|站|高速|隧道|中学|小学)/u

/** Signs about the names in an item that n-grams do not show. */
export function contextSigns(passage: Passage, mentions: readonly Mention[]): Sign[] {
  const signs: Sign[] = []
  const { text } = passage.folded
  const strong = mentions.filter((mention) => mention.kind !== 'city' && mention.kind !== 'campus_short')
  const inside = mentions.filter((mention) => mention.field !== 'author')
  if (inside.length > 0 && inside.every((mention) => inTag(passage, mention.start))) signs.push('only_in_tags')
  if (inside.some((mention) => inTitleMarks(passage, mention.start))) signs.push('in_title_marks')
  if (namesOther(passage, mentions)) signs.push('other_hospital')
  const weak = inside.filter((mention) => mention.kind === 'campus_short' || mention.kind === 'campus')
  if (strong.length === 0 && weak.some((mention) => PLACE_AFTER.test(text.slice(mention.end, mention.end + 3))))
    signs.push('place_itself')
  if (strong.length === 0 && !/医|院|护士|门诊|急诊|病房|科|手术|挂号/u.test(text.slice(passage.title))) signs.push('no_hospital')
  if (lettersLeft(passage, mentions) < 4) signs.push('nothing_said')
  return signs
}

/** Letters in title and text outside the names, counted up to four. */
function lettersLeft({ folded, title }: Passage, mentions: readonly Mention[]): number {
  let count = 0
  for (let at = title; at < folded.units.length && count < 4; at++) {
    if (isWordUnit(folded.units[at]!) && !mentions.some((mention) => mention.start <= at && at < mention.end)) count++
  }
  return count
}

/** True between the two marks of a tag: #杭州衡川医院#. */
function inTag({ folded, source, titleSource }: Passage, start: number): boolean {
  const before = source.slice(titleSource, folded.starts[start]!).replaceAll('＃', '#')
  return before.split('#').length % 2 === 0 && source.indexOf('#', folded.starts[start]!) >= 0
}

/** True between 《 and 》, as names of books and films are. */
function inTitleMarks({ folded, source }: Passage, start: number): boolean {
  const at = folded.starts[start]!
  const before = source.slice(Math.max(0, at - 20), at)
  return before.lastIndexOf('《') > before.lastIndexOf('》')
}

function namesOther(passage: Passage, mentions: readonly Mention[]): boolean {
  const text = passage.folded.text.slice(0, passage.text + 2_000)
  OTHER.lastIndex = passage.title
  for (let found = OTHER.exec(text); found !== null; found = OTHER.exec(text)) {
    const at = found.index
    if (PLAIN_BEFORE.has(text.charAt(at - 1)) || at === passage.title) continue
    if (mentions.some((mention) => mention.start < at + 2 && mention.end >= at - 1)) continue
    return true
  }
  return false
}
