import { decodeEntities, decodeHtml, escapeAttribute, joinSurrogates } from './entity.ts'
import { closerOf, type RawAttribute, scanMarkup } from './markup.ts'
import { resolveUrl } from './url.ts'

const words = (text: string) => new Set(text.trim().split(/\s+/))

const elements = words(`
  a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas caption center cite code col colgroup command
  data datagrid datalist dd del details dfn dialog dir div dl dt em event-source fieldset figcaption figure font footer form h1 h2 h3 h4 h5
  h6 header hr i img input ins kbd keygen label legend li m main map mark menu meter multicol nav nextid noscript ol optgroup option output p
  picture pre progress q rp rt ruby s samp section select small sound source spacer span strike strong sub summary sup table tbody td
  textarea tfoot th thead time tr track tt u ul var video wbr`)
const withContent = words('script style iframe frameset noframes noembed svg math xml template head title xmp plaintext')
const voids = words('area base br col command embed frame hr img input keygen link meta param source track wbr')
const attributes = words(`
  abbr accept accept-charset accesskey action align alt autocomplete autofocus axis background balance bgcolor bgproperties border
  bordercolor bordercolordark bordercolorlight bottompadding cellpadding cellspacing ch challenge char charoff charset checked choff cite
  class clear color cols colspan compact contenteditable coords data datafld datapagesize datasrc datetime default delay dir disabled draggable
  dynsrc enctype end face for form frame galleryimg gutter headers height hidden hidefocus high href hreflang hspace icon id inputmode ismap
  keytype label lang leftspacing list longdesc loop loopcount loopend loopstart low lowsrc max maxlength media method min multiple name nohref
  noshade nowrap open optimum pattern ping point-size poster pqg preload prompt radiogroup readonly rel repeat-max repeat-min replace required
  rev rightspacing rows rowspan rules scope selected shape size span src srcset start step style summary suppress tabindex target template title
  toppadding type unselectable urn usemap valign value variable volume vrml vspace width wrap xml:lang`)
const addresses = words(
  'action background cite classid codebase data dynsrc href icon longdesc lowsrc ping poster profile src urn usemap vrml',
)
const styles = words(`
  azimuth background-color border-bottom-color border-collapse border-color border-left-color border-right-color border-top-color clear color
  cursor direction display elevation float font font-family font-size font-style font-variant font-weight height letter-spacing line-height
  overflow pause pause-after pause-before pitch pitch-range richness speak speak-header speak-numeral speak-punctuation speech-rate stress
  text-align text-decoration text-indent unicode-bidi vertical-align voice-family volume white-space width`)
const styleFamilies = words('background border margin padding')
const styleWords = words(`
  auto aqua black block blue bold both bottom brown center collapse dashed dotted fuchsia gray green !important italic left lime maroon medium
  none navy normal nowrap olive pointer purple red right solid silver teal top transparent underline white yellow`)
const styleValue = /^(#[0-9a-f]+|rgb\(\d+%?,\d*%?,?\d*%?\)?|\d{0,2}\.?\d{0,2}(cm|em|ex|in|mm|pc|pt|px|%|,|\))?)$/i
const styleCharacters = /^(?:[:,;#%.\sa-zA-Z0-9!]|\w-\w|'[\s\w]+'|"[\s\w]+"|\([\d,\s]+\))*$/
const MAX_STYLE = 600

function cleanStyle(style: string): string {
  if (style.length > MAX_STYLE) return ''
  const plain = style.replace(/url\s*\([^)]*\)/gi, ' ')
  if (!styleCharacters.test(plain)) return ''
  const kept: string[] = []
  for (const declaration of plain.split(';')) {
    if (declaration.trim() === '') continue
    const found = /^\s*([-\w]+)\s*:\s*([^:]*)$/.exec(declaration)
    if (!found) return ''
    const [, property = '', value = ''] = found
    if (value === '') continue
    const name = property.toLowerCase()
    const family = styleFamilies.has(name.split('-')[0] ?? '')
    const fits =
      styles.has(name) ||
      (family &&
        value
          .trim()
          .split(/\s+/)
          .every((word) => styleWords.has(word) || styleValue.test(word)))
    if (fits) kept.push(`${property}: ${value};`)
  }
  return kept.join(' ')
}

function cleanAttributes(raw: readonly RawAttribute[], base: string): string {
  let written = ''
  const seen = new Set<string>()
  for (const [name, value] of raw) {
    if (!attributes.has(name) || seen.has(name)) continue
    seen.add(name)
    const decoded = decodeHtml(value)
    if (name === 'style') {
      const style = cleanStyle(decoded)
      if (style !== '') written += ` style="${escapeAttribute(style)}"`
      continue
    }
    if (name === 'srcset') continue
    if (!addresses.has(name)) {
      // A reference that was written stays written: only what would end the value is escaped.
      written += ` ${name}="${value.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"`
      continue
    }
    const url = decoded === '' ? '' : resolveUrl(decoded, base)
    written += ` ${name}="${escapeAttribute(url)}"`
  }
  return written
}

/** Bare ampersands and brackets escaped; references that were written stay as written. */
function cleanText(raw: string): string {
  const named = joinSurrogates(raw).replace(/&(?!(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);)/g, '&amp;')
  return named
    .replace(/&#(1[2-5]\d);/g, (whole, code: string) => {
      const real = decodeEntities(whole)
      return Number(code) >= 128 ? `&#x${(real.codePointAt(0) ?? 0xfffd).toString(16)};` : whole
    })
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/**
 * Markup that cannot run, load frames or leave its place: only known elements and attributes, addresses absolute against `base` and of
 * harmless schemes, everything else escaped or dropped (scripts, styles, frames and plug-ins with their content). Never throws; linear time.
 */
export function sanitizeHtml(html: string, base: string): string {
  if (!/[<>&]/.test(html)) return html
  const out: string[] = []
  const closes = closerOf(html)
  let skipping = ''
  let skipDepth = 0
  scanMarkup(html, true, {
    text(raw) {
      if (skipping === '') out.push(cleanText(raw))
    },
    open(name, raw, selfClosing, at) {
      if (skipping !== '') {
        if (name === skipping && !selfClosing) skipDepth += 1
        return
      }
      if (withContent.has(name)) {
        if (selfClosing || voids.has(name) || !closes(name, at)) return
        skipping = name
        skipDepth = 1
        return
      }
      if (!elements.has(name)) return
      const written = cleanAttributes(raw, base)
      if (voids.has(name)) out.push(`<${name}${written} />`)
      else out.push(selfClosing ? `<${name}${written}></${name}>` : `<${name}${written}>`)
    },
    close(name) {
      if (skipping !== '') {
        if (name === skipping) skipDepth -= 1
        if (skipDepth <= 0) skipping = ''
        return
      }
      if (elements.has(name) && !voids.has(name)) out.push(`</${name}>`)
    },
  })
  return out.join('')
}
