/** The oldest half goes when there are more: memory stays bounded, whoever comes from how many addresses. */
const mostKeys = 10_000

/** Takes the oldest away, many at a time, as finding one costs as much as finding all. */
export function dropOldest(from: { keys(): Iterable<string>; delete(key: string): boolean }, count: number): void {
  let left = count
  for (const key of from.keys()) {
    if (left-- <= 0) return
    from.delete(key)
  }
}

interface Rate {
  /** How many at once. */
  readonly burst: number
  readonly perSecond: number
}

/** A rate for each key, kept by this process alone and begun anew with it. */
export function openRate({ burst, perSecond }: Rate, clock: () => number) {
  const kept = new Map<string, { left: number; at: number }>()
  const look = (key: string) => {
    const now = clock()
    const found = kept.get(key)
    const left = found ? Math.min(burst, found.left + ((now - found.at) / 1000) * perSecond) : burst
    return { left, now }
  }
  return {
    /** Seconds to wait before the next one; 0 when it may come now. */
    wait(key: string): number {
      const { left } = look(key)
      return left >= 1 ? 0 : Math.ceil((1 - left) / perSecond)
    },
    take(key: string): void {
      const { left, now } = look(key)
      kept.delete(key)
      kept.set(key, { left: Math.max(0, left - 1), at: now })
      if (kept.size > mostKeys) dropOldest(kept, mostKeys / 2)
    },
    get size() {
      return kept.size
    },
  }
}

export type RateOf = ReturnType<typeof openRate>

/** How many are open at once for each key. */
export function openCount(most: number) {
  const open = new Map<string, number>()
  return {
    /** Takes a place and answers how to give it back, or null when all are taken. */
    enter(key: string): (() => void) | null {
      const now = open.get(key) ?? 0
      if (now >= most) return null
      open.set(key, now + 1)
      let inside = true
      return () => {
        if (!inside) return
        inside = false
        const left = (open.get(key) ?? 1) - 1
        if (left > 0) open.set(key, left)
        else open.delete(key)
      }
    },
    get size() {
      return open.size
    },
  }
}

interface Own {
  readonly going: Map<unknown, number>
  readonly waiting: { readonly what: unknown; readonly begin: () => void }[]
}

/** Lets each do so many different things at once; the rest of theirs waits, in order. What is the same counts once. */
export function openTurns(most: number) {
  const all = new Map<number, Own>()
  const fits = ({ going }: Own, what: unknown) => going.has(what) || going.size < most
  const enter = ({ going }: Own, what: unknown) => going.set(what, (going.get(what) ?? 0) + 1)

  function leave(who: number, own: Own, what: unknown): void {
    const left = (own.going.get(what) ?? 1) - 1
    if (left > 0) own.going.set(what, left)
    else own.going.delete(what)
    for (let next = own.waiting[0]; next && fits(own, next.what); next = own.waiting[0]) {
      own.waiting.shift()
      enter(own, next.what)
      next.begin()
    }
    if (own.going.size === 0) all.delete(who)
  }

  return async function inTurn<T>(who: number, what: unknown, work: () => Promise<T>): Promise<T> {
    const own: Own = all.get(who) ?? { going: new Map(), waiting: [] }
    all.set(who, own)
    if (fits(own, what)) enter(own, what)
    else await new Promise<void>((begin) => own.waiting.push({ what, begin }))
    try {
      return await work()
    } finally {
      leave(who, own, what)
    }
  }
}
