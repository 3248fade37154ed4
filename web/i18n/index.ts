import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Words } from '../../src/base/contract.ts'
import { zh } from './zh/index.ts'

/** Chinese is the source: its keys are the keys, always written in full (`room:group.word`), so that any of them can be grepped. */
export type Key = { [R in keyof typeof zh & string]: `${R}:${Path<(typeof zh)[R]>}` }[keyof typeof zh & string]
type Path<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Path<T[K]>}` }[keyof T & string]
export type Text = (key: Key, facts?: Readonly<Record<string, string | number>>) => string

export type Language = 'zh' | 'en'
const stored = 'anlan.language'

/** The person's choice; Chinese until they choose. */
const preferred = (): Language => (localStorage.getItem(stored) === 'en' ? 'en' : 'zh')

async function load(language: Language) {
  if (language === 'zh' || i18next.hasResourceBundle('en', 'common')) return
  const { en } = await import('./en/index.ts')
  for (const [namespace, texts] of Object.entries(en)) i18next.addResourceBundle('en', namespace, texts)
}

export async function startLanguage() {
  const language = preferred()
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh',
    defaultNS: 'common',
    resources: { zh },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await load(language)
  if (language === 'en') await i18next.changeLanguage('en')
  mark(language)
}

export async function chooseLanguage(language: Language) {
  await load(language)
  localStorage.setItem(stored, language)
  await i18next.changeLanguage(language)
  mark(language)
}

const mark = (language: Language) => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

export const currentLanguage = (): Language => (i18next.language === 'en' ? 'en' : 'zh')

/** `t` for texts of ours, `say` for sentences that come from the server in both languages. */
export function useText() {
  const { t, i18n } = useTranslation()
  const language: Language = i18n.language === 'en' ? 'en' : 'zh'
  return { t: t as unknown as Text, language, say: (words: Words) => words[language] }
}
