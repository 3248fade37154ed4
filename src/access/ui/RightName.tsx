import { type Key, useText } from '../../../web/i18n/index.ts'

/** A right in words, its code on hover. A right that has no words yet is shown by its code. */
export function RightName({ right }: { right: string }) {
  const { t } = useText()
  const key = `access:right.${right.replace('.', '_')}` as Key
  const said = t(key)
  return <span title={right}>{said.startsWith('right.') ? <code>{right}</code> : said}</span>
}
