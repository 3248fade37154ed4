/** What Unicode puts in order: marks, and what becomes one when its width is taken away. */
const run = /([\p{M}\uff9e\uff9f]{30})[\p{M}\uff9e\uff9f]+/gu
const short = 1000

/**
 * A text in a normal form, in time linear in the text. Marks on one letter are put in order by comparing each with those before it, so that
 * 160,000 of them, which anybody can write, take 20 seconds. No writing has more than a few: beyond 30 they are left out, as the
 * Stream-Safe Text Format does (Unicode annex 15).
 */
export const normalForm = (text: string, form: 'NFC' | 'NFKC' | 'NFKD' = 'NFKC'): string =>
  (text.length > short ? text.replace(run, '$1') : text).normalize(form)
