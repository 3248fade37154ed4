import {
  hashKey,
  keepPreviousData,
  type Query,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { Words } from '../src/base/contract.ts'
import { isUntouched } from './activity.ts'
import type { AskName, Input, Output } from './asks.ts'

export type { AskName, Input, Output } from './asks.ts'

export interface FieldFault extends Words {
  path: string
}

/** What the server says when it refuses or fails: a stable code, a sentence and what to do next. */
export class Refusal extends Error {
  readonly code: string
  readonly status: number
  readonly words: Words
  readonly next: Words | undefined
  readonly fields: FieldFault[]
  readonly trace: string | undefined

  constructor(
    status: number,
    said: { code: string; zh: string; en: string; next?: Words; fields?: FieldFault[]; trace?: string },
  ) {
    super(said.en)
    this.name = 'Refusal'
    this.status = status
    this.code = said.code
    this.words = { zh: said.zh, en: said.en }
    this.next = said.next
    this.fields = said.fields ?? []
    this.trace = said.trace
  }
}

const unreachable = {
  code: 'web.unreachable',
  zh: '无法连接服务器。',
  en: 'The server cannot be reached.',
  next: { zh: '请检查网络，稍后重试。', en: 'Check the network, then try again.' },
}
const unreadable = {
  code: 'web.unreadable',
  zh: '服务器的回答无法读取。',
  en: 'The answer of the server cannot be read.',
  next: { zh: '请刷新页面；若仍出现，请联系系统管理员。', en: 'Reload the page; if it persists, tell your administrator.' },
}

let ended: () => void = () => undefined
/** What happens once a session has ended, whoever noticed it first. */
export function onSessionEnd(then: () => void) {
  ended = then
}
export const endSession = () => ended()

let drawnFor: number | null = null
let otherPerson: () => void = () => undefined
/** For whom the page is drawn: nothing is asked from it in anybody else's name. */
export function drawFor(personId: number | null) {
  drawnFor = personId
}
/** `?person=…` for what cannot send a header. */
export const personQuery = (): string => (drawnFor === null ? '' : `?person=${drawnFor}`)
/** What happens once somebody else turns out to be signed in with this browser. */
export function onOtherPerson(then: () => void) {
  otherPerson = then
}

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** The page asks by itself: it keeps no session awake, and the trail tells it from what people ask. So does a page that nobody touches. */
  background?: boolean
  /** Whoever is signed in, whomever the page was drawn for. */
  forAnybody?: boolean
}

export async function call<N extends AskName>(name: N, input: Input<N>, options: CallOptions = {}): Promise<Output<N>> {
  const { signal, background = false, forAnybody = atDoor.includes(name) } = options
  const response = await fetch(`/api/${name}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      'x-anlan-csrf': '1',
      ...(background || isUntouched() ? { 'x-anlan-background': '1' } : {}),
      ...(drawnFor !== null && !forAnybody ? { 'x-anlan-person': String(drawnFor) } : {}),
    },
    body: JSON.stringify(input ?? {}),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new Refusal(0, unreachable)
  })
  const text = await response.text()
  let body: unknown
  try {
    body = text ? JSON.parse(text) : {}
  } catch {
    throw new Refusal(response.status, unreadable)
  }
  if (response.ok) return body as Output<N>
  const said = (body as { error?: ConstructorParameters<typeof Refusal>[1] }).error
  const refusal = new Refusal(response.status, said ?? unreadable)
  if (refusal.code === 'other_person') otherPerson()
  if (response.status === 401 && name !== 'access.sign_in' && name !== 'access.me') endSession()
  throw refusal
}

/** Asked by whoever stands at the door. */
const atDoor: readonly string[] = ['access.sign_in', 'access.demo_people']

interface AskOptions {
  enabled?: boolean
  /** Keeps the former answer on the page while the next one is on its way. */
  keep?: boolean
  /** Where time alone changes the answer: how old it may grow while somebody looks. */
  refetchMs?: number
}

/** True when what was shown may no longer be: a withdrawn right takes it off the page, a lost connection does not. */
export const isTaken = (error: unknown) => error instanceof Refusal && [401, 403, 404].includes(error.status)

/** Reads. The key starts with the room, so that a fact from that room refreshes exactly its queries. */
export function useAsk<N extends AskName>(name: N, input: Input<N>, options: AskOptions = {}) {
  const asked = useQuery<Output<N>, Refusal>({
    queryKey: keyOf(name, input),
    queryFn: ({ signal, queryKey }) => call(name, input, { signal, background: isAutomatic(queryKey) }),
    enabled: options.enabled ?? true,
    ...(options.keep ? { placeholderData: keepPreviousData as never } : {}),
    ...(options.refetchMs ? { meta: { everyMs: options.refetchMs } } : {}),
  })
  return isTaken(asked.error) ? { ...asked, data: undefined } : asked
}

type Paged = { [N in AskName]: Output<N> extends { next: string | number | null } ? N : never }[AskName]

/** Reads a list page by page: `next` of one answer is `before` (or `after`) of the one below. */
export function usePages<N extends Paged>(name: N, input: Input<N>, cursor: 'before' | 'after' = 'before') {
  const asked = useInfiniteQuery<Output<N>, Refusal, Output<N>[], readonly unknown[], string | number | undefined>({
    queryKey: [...keyOf(name, input), 'pages'],
    queryFn: ({ pageParam, signal, queryKey }) =>
      call(name, { ...input, ...(pageParam ? { [cursor]: pageParam } : {}) } as Input<N>, {
        signal,
        background: isAutomatic(queryKey),
      }),
    initialPageParam: undefined,
    getNextPageParam: (page) => (page as { next: string | number | null }).next ?? undefined,
    select: (data) => data.pages,
    placeholderData: keepPreviousData as never,
  })
  return {
    pages: isTaken(asked.error) ? undefined : asked.data,
    error: asked.error,
    retry: () => void asked.refetch(),
    stale: asked.isPlaceholderData,
    more: { has: asked.hasNextPage, busy: asked.isFetchingNextPage, load: () => void asked.fetchNextPage() },
  }
}

/** Changes. Afterwards everything of that room is asked again. */
export function useDo<N extends AskName>(name: N, options: { onDone?: (output: Output<N>) => void } = {}) {
  const queries = useQueryClient()
  return useMutation<Output<N>, Refusal, Input<N>>({
    mutationFn: (input) => call(name, input),
    onSuccess: async (output) => {
      options.onDone?.(output)
      await refreshRoom(queries, roomOf(name))
    },
    // Somebody else was before: what is there now is shown beside what was typed.
    onError: async ({ code }) => {
      if (code === 'conflict') await refreshRoom(queries, roomOf(name))
    },
  })
}

export const roomOf = (name: string) => name.split('.')[0] ?? name
export const keyOf = (name: string, input: unknown): readonly unknown[] => [roomOf(name), name, input]

/** What is being read again without anybody having asked for it. */
const automatic = new Set<string>()
const isAutomatic = (key: readonly unknown[]) => automatic.has(hashKey(key))

/** Reads again what a page shows, by itself; false when that failed. */
export async function readAgain(queries: QueryClient, query: Query): Promise<boolean> {
  automatic.add(query.queryHash)
  try {
    await queries.refetchQueries({ queryKey: query.queryKey, exact: true, type: 'active' }, { cancelRefetch: false })
    return query.state.error === null
  } finally {
    automatic.delete(query.queryHash)
  }
}

/** Rooms that show what another room holds. A change of grants may change anything. */
const shownBy: Record<string, readonly string[]> = {
  monitoring: ['response'],
  access: ['privacy', 'delivery', 'monitoring', 'response'],
}

export const refreshRoom = (queries: QueryClient, room: string) =>
  Promise.all([room, ...(shownBy[room] ?? [])].map((one) => queries.invalidateQueries({ queryKey: [one] })))

/** Trying again helps when the network was away; a refusal stays a refusal. */
export const worthRetrying = (count: number, error: unknown) =>
  count < 2 && error instanceof Refusal && (error.status === 0 || error.status === 502 || error.status === 503)
