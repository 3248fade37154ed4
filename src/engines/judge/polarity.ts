const GOOD =
  '耐心|细心|上心|负责|专业|友好|友善|客气|热情|温柔|满意|愉快|舒服|舒心|放心|安心|靠谱|尊重|方便|干净|高兴|开心|推荐|值得|贴心|周到|礼貌'
const BAD =
  '不满意|不满|不好|不耐烦|差|糟|坏|难相处|凶|冷漠|敷衍|推诿|黑心|坑人|乱收费|多收费|乱收|多收|收过?红包|误诊|事故|差错|怨言|意见|可挑剔|毛病|猫腻'

const GOOD_DENIED = new RegExp(
  `(?:一点(?:儿)?[都也]不|并不|根本不|完全不|毫不|丝毫不|[很太极]不|非常不|特别不|相当不|十分不|谈不上(?:有?多(?:么)?)?|算不上|说不上|称不上|毫无|没有(?:一点|半点|一丝)|缺乏)(?:有)?(?:${GOOD})`,
  'u',
)
const BAD_DENIED = new RegExp(
  `(?:不能说|不算|不觉得|没觉得|一点(?:儿)?[都也]不|没有?什么|没啥|没有?任何|无任何|从没|从来没有?|从未|没有|并没有?|并未|未曾|不存在|不)(?:有|发生)?(?:过)?(?:什么|任何)?(?:${BAD})`,
  'gu',
)

/** Content on the whole, with a wish. */
const CONTENT = /还行|还可以|还不错|挺好|蛮好|不错/u
const WISH = /(?:要是|如果|希望|建议)[^。！？\n]{0,24}(?:更好|更完美|更方便|就好了)/u

const PRAISED = /值得(?:表扬|点赞|推荐|夸)|表扬一下|给个?(?:好评|五星)|点个?赞/u
const MOCKED = /呵呵|讽刺|反话|不值得|不推荐|阴阳|真行|可真/u
/** Told on as hearsay, with a cry for an answer: by the label guide negative, though every word of it is calm. */
const HEARSAY = /网传|听说|都在传|群里.{0,6}传|疯传/u
const ASKED = /求(?:知情|证|爆料|真相|回应)|爆料|真的假的|没有?任何回应|出来说|[,，]急|有没有.{0,12}知道/u
const DEBUNKED = /辟谣|谣言|不实|不属实|并没有|别传|勿传/u

/**
 * By how much the odds of a negative sentiment rise or fall for what n-grams of three characters do not reach over: words under a
 * negation (“一点都不耐心” blames, “没有什么不满意的” does not), a wish of the content, plain praise, hearsay that asks for an answer.
 * `text` is folded; linear in its length.
 */
export function negativeFactor(text: string): number {
  if (GOOD_DENIED.test(text)) return 40
  if (CONTENT.test(text) && WISH.test(text)) return 1 / 200
  if (PRAISED.test(text) && !MOCKED.test(text)) return 1 / 200
  if (HEARSAY.test(text) && ASKED.test(text) && !DEBUNKED.test(text)) return 10
  const cleared = text.replace(BAD_DENIED, '')
  return cleared.length < text.length && !new RegExp(BAD, 'u').test(cleared) ? 1 / 8 : 1
}
