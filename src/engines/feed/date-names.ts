import { normalForm } from '../text/normal.ts'

/** Languages whose months and weekdays are read, in the order in which they win where one word means two months. */
const languages =
  'fr de es it pt nl pl ru sv da nb fi cs sk hu ro tr el uk bg ca hr sl sr sr-Latn lt lv et id ms vi eu gl ga is be mk sq'.split(
    ' ',
  )
/** Short forms that are written although no dictionary has them. */
const alsoMonths: Readonly<Record<string, number>> = {
  ...{ sept: 9, febr: 2, mrz: 3, mrt: 3, maerz: 3, janv: 1, fevr: 2, fev: 2, avr: 4, juil: 7, jul: 7, juin: 6, aout: 8, agt: 8 },
  ...{ genn: 1, gen: 1, febb: 2, giu: 6, lug: 7, ott: 10, oktob: 10, nove: 11, setem: 9, set: 9, setiembre: 9, out: 10, dez: 12 },
  ...{ lis: 11, paz: 10, wrz: 9, sie: 8, lip: 7, cze: 6, kwi: 4, sty: 1, lut: 2, gru: 12, мая: 5, май: 5, сент: 9, нояб: 11 },
  ...{ ene: 1, abr: 4, ago: 8, dic: 12, des: 12, okt: 10, maj: 5, mai: 5, mei: 5, mag: 5, maio: 5, haz: 6, janu: 1, jaenner: 1 },
  ...{ янв: 1, фев: 2, февр: 2, мар: 3, апр: 4, июн: 6, июл: 7, авг: 8, сен: 9, окт: 10, ноя: 11, дек: 12 },
}

/** A word as it is compared: lower case, without accents and dots. */
export const foldWord = (word: string): string =>
  normalForm(word, 'NFKD')
    .replace(/[\u0300-\u036f'’.]/g, '')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('đ', 'd')

interface Names {
  readonly months: ReadonlyMap<string, number>
  readonly weekdays: ReadonlySet<string>
}

let names: Names | undefined

/** Month and weekday names of the languages of Europe, as the platform's calendar has them. Found once, when a word is not English. */
function namesOf(): Names {
  if (names) return names
  const months = new Map<string, number>()
  const weekdays = new Set<string>()
  const isWord = (text: string | undefined): text is string => text !== undefined && /^\p{L}{2,}$/u.test(text)
  for (const language of languages) {
    for (const style of ['long', 'short'] as const) {
      const forms = [
        { month: style },
        { month: style, day: 'numeric' },
        { month: style, day: 'numeric', year: 'numeric' },
      ] as const
      for (const form of forms) {
        const format = new Intl.DateTimeFormat(language, { ...form, timeZone: 'UTC' })
        for (let month = 0; month < 12; month += 1) {
          const part = format.formatToParts(Date.UTC(2026, month, 20)).find(({ type }) => type === 'month')
          const word = part && foldWord(part.value)
          if (isWord(word) && !months.has(word)) months.set(word, month + 1)
        }
      }
    }
    for (const style of ['long', 'short', 'narrow'] as const) {
      const format = new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' })
      for (let day = 0; day < 7; day += 1) {
        for (const word of foldWord(format.format(Date.UTC(2026, 10, 1 + day))).split(/[^\p{L}]+/u))
          if (isWord(word)) weekdays.add(word)
      }
    }
  }
  for (const [word, month] of Object.entries(alsoMonths)) if (!months.has(word)) months.set(word, month)
  // Words cut short after their third letter are known too, unless they are words themselves.
  for (const [word, month] of [...months]) {
    for (let end = 3; end < word.length; end += 1) if (!months.has(word.slice(0, end))) months.set(word.slice(0, end), month)
  }
  for (const word of [...weekdays]) for (let end = 3; end < word.length; end += 1) weekdays.add(word.slice(0, end))
  names = { months, weekdays }
  return names
}

const english = new Map<string, number>()
for (const [index, name] of 'january february march april may june july august september october november december'
  .split(' ')
  .entries())
  for (let end = 3; end <= name.length; end += 1) english.set(name.slice(0, end), index + 1)
const englishWeekday = /^(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?$/

/** The month that a folded word names: whole, or cut short after its third letter; undefined when it names none. */
export const monthOf = (word: string): number | undefined =>
  english.get(word) ?? (englishWeekday.test(word) ? undefined : namesOf().months.get(word))

export const isWeekday = (word: string): boolean => englishWeekday.test(word) || namesOf().weekdays.has(word)
