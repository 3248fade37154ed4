import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useText } from '../../../web/i18n/index.ts'

interface Document {
  readonly paths: Readonly<Record<string, { readonly post: { readonly summary: string } }>>
}

/** What each ask is called, from the document of the interface: one list for people and programs. */
export function useAskNames(): ReadonlyMap<string, string> {
  const { t, language } = useText()
  const { data } = useQuery<Document>({
    queryKey: ['openapi'],
    queryFn: async () => (await fetch('/api/openapi.json')).json() as Promise<Document>,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return useMemo(() => {
    const names = Object.entries(data?.paths ?? {}).map(([path, { post }]) => {
      const [zh, en] = post.summary.split(' · ')
      return [path.replace('/api/', ''), (language === 'zh' ? zh : en) ?? ''] as const
    })
    const said = words.map((word) => [`word.${word}`, t('privacy:word.of', { word: t(`privacy:word.${word}`) })] as const)
    return new Map([...names, ...said])
  }, [data, language, t])
}

/** What is said on the command line and changes something, or takes everything out. */
const words = [
  ...(['serve', 'work', 'migrate', 'intake', 'group_load', 'demo_leave', 'demo_reset'] as const),
  ...(['backup', 'restore', 'restore_forget', 'outward', 'outward_open', 'outward_hold'] as const),
] as const
/** Nobody is signed in on the command line; the row names the account of the machine. */
export const isWord = (ask: string): boolean => ask.startsWith('word.')

const things = ['case', 'mention', 'rule', 'source', 'person', 'unit', 'grant', 'webhook', 'session', 'role'] as const
type Thing = (typeof things)[number]

/** The kind and the number of what was asked about, such as `case:14`. */
export function readSubject(subject: string): { thing: Thing; id: string } | undefined {
  const [, name, id] = /^(\w+):(.+)$/.exec(subject) ?? []
  const thing = things.find((one) => one === name)
  return thing && id ? { thing, id } : undefined
}

/** The subject that somebody means by `case:14`, `处置单 14`, `处置单 #14` or `Case 14`. */
export function subjectOf(text: string, nameOf: (thing: Thing) => string): string | undefined {
  const [, name, id] = /^(\D*?)[\s:：#]*(\d+)$/.exec(text.trim()) ?? []
  if (!id) return undefined
  const said = (name ?? '').trim().toLowerCase()
  const thing = things.find((one) => one === said || nameOf(one).toLowerCase() === said)
  return thing ? `${thing}:${id}` : undefined
}
