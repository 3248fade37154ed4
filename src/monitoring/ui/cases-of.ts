import { useQueries } from '@tanstack/react-query'
import { useRef } from 'react'
import { call, keyOf } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useMe } from '../../../web/me.ts'

export type FoundCase = Output<'response.find_cases'>['cases'][number]

/** In which cases the mentions of a list are, page by page. The page asks by itself: nobody looked at a case. */
export function useCasesOf(pages: readonly (readonly { readonly id: number }[])[] | undefined): ReadonlyMap<number, FoundCase> {
  const reads = useMe().rights.includes('response.read')
  const asked = reads ? (pages ?? []).filter((page) => page.length > 0) : []
  const found = useQueries({
    queries: asked.map((page) => {
      const input = { mentionIds: page.map(({ id }) => id) }
      return {
        queryKey: keyOf('response.find_cases', input),
        queryFn: ({ signal }: { signal: AbortSignal }) => call('response.find_cases', input, { signal, background: true }),
      }
    }),
    combine: toMap,
  })
  // While a list with new rows is on its way, what is known of the others stays.
  const known = useRef(found)
  if (!known.current.whole || found.whole) known.current = found
  return known.current.cases
}

function toMap(answers: readonly { data?: Output<'response.find_cases'> | undefined; isPending: boolean }[]) {
  const cases = new Map(answers.flatMap(({ data }) => data?.cases ?? []).map((one) => [one.mentionId, one]))
  return { cases, whole: answers.every(({ isPending }) => !isPending) }
}
