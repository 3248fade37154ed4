import { type Actor, type Db, type ReadTx, StaleContext } from './db.ts'
import { Refusal } from './error.ts'

type Read = (tx: ReadTx) => Promise<unknown>

interface Member {
  readonly actor: Actor
  readonly done: (answer: unknown) => void
  readonly failed: (error: unknown) => void
}

interface Wanted {
  readonly key: string
  readonly read: Read
  readonly members: Member[]
}

/** What pages of one place wait for. */
interface Line {
  readonly right: string
  readonly wanted: Map<string, Wanted>
  gathering: boolean
  running: boolean
}

const readIn = new WeakMap<object, Map<string, Promise<unknown>>>()

/** Reads once in one snapshot what several reads of it need; `key` names all that it depends on but the snapshot and the place. */
export function onceIn<T>(tx: ReadTx, key: string, read: () => Promise<T>): Promise<T> {
  const known = readIn.get(tx) ?? new Map<string, Promise<unknown>>()
  readIn.set(tx, known)
  const found = known.get(key) ?? read()
  known.set(key, found)
  return found as Promise<T>
}

export interface SharedAsk {
  /** All that the answer depends on but who asks: the ask, the scope of its right, what was asked. */
  readonly key: string
  /** The scope alone: what pages read by themselves under one right at one place is read together. */
  readonly place: string
  readonly actor: Actor
  readonly right: string
  /** The answer is this person's own, by what they held when this actor was compiled. */
  readonly own: boolean
  /** A page asks by itself and can wait until others have come. */
  readonly patient: boolean
}

/** So many transactions at once for pages that read by themselves: people's own asks find connections and processors free. */
const seats = 2
const mostWanted = 16
const patience = {
  /** A turn that has read for so long leaves the rest for the next, when other places have had theirs. */
  turnMs: 1_000,
  /** One that is not over by then holds up nobody else any more. */
  seatMs: 10_000,
}

/**
 * Reads once what several ask at the same moment. Nothing is kept: an answer is begun after everybody who gets it has asked, and the
 * database says in its very snapshot who of them is still what they were compiled to be and holds the right at the same place. The
 * others ask again on their own.
 *
 * What a person asks goes at once. What pages ask by themselves is gathered for `gatherMs` and read in one transaction for each place, a
 * few at a time; when the database is slow more of them come together, so that the load has an end. Places take turns, and in a turn
 * people do: however much one asks, and however slowly it is read, the others' first is read before the second of that one.
 */
export function openShares(db: Db, gatherMs: () => number, { turnMs, seatMs } = patience) {
  const asked = new Map<string, Wanted>()
  const running = new Set<string>()
  const lines = new Map<string, Line>()
  /** Places whose time has come, in order. */
  const due = new Set<string>()
  let seated = 0
  const tags = new WeakMap<Actor, number>()
  let tagged = 0

  function tagOf(actor: Actor): number {
    const tag = tags.get(actor) ?? ++tagged
    tags.set(actor, tag)
    return tag
  }

  function depart(key: string, right: string): void {
    const wanted = asked.get(key)
    if (!wanted || running.has(key)) return
    asked.delete(key)
    running.add(key)
    void answerAll(right, [wanted]).finally(() => {
      running.delete(key)
      depart(key, right)
    })
  }

  async function answerAll(right: string, wanted: readonly Wanted[]): Promise<void> {
    for (let left = wanted; left.length > 0; ) left = await answer(right, left, () => false)
  }

  function seat(): void {
    for (const place of due) {
      if (seated >= seats) return
      const line = lines.get(place)
      if (line?.running) continue
      due.delete(place)
      if (line) takeTurn(place, line)
    }
  }

  function takeTurn(place: string, line: Line): void {
    const wanted = inTurn([...line.wanted.values()]).slice(0, mostWanted)
    for (const { key } of wanted) line.wanted.delete(key)
    seated += 1
    line.running = true
    let sits = true
    const rise = () => {
      if (!sits) return
      sits = false
      seated -= 1
      line.running = false
      if (line.wanted.size > 0 && !line.gathering) due.add(place)
      if (line.wanted.size === 0 && !line.gathering) lines.delete(place)
      seat()
    }
    const timer = setTimeout(rise, seatMs)
    const begun = performance.now()
    void answer(line.right, wanted, () => performance.now() - begun > turnMs)
      .then((left) => putBack(place, line, left))
      .finally(() => {
        clearTimeout(timer)
        rise()
      })
  }

  /** What was not read goes before what came meanwhile. */
  function putBack(place: string, { right }: Line, left: readonly Wanted[]): void {
    if (left.length === 0) return
    const line = lineOf(place, right)
    const later = [...line.wanted.values()]
    line.wanted.clear()
    for (const one of [...left, ...later]) join(line.wanted, one)
    if (!line.gathering) due.add(place)
    seat()
  }

  /** Reads until it is enough, and answers what is still to be read. Whoever may not have an answer is told, whatever else happens. */
  async function answer(right: string, wanted: readonly Wanted[], enough: () => boolean): Promise<Wanted[]> {
    const left = [...wanted]
    const actors = [...new Set(left.flatMap(({ members }) => members.map(({ actor }) => actor)))]
    const reading: { one?: Wanted | undefined } = {}
    try {
      await db.readFor(actors, right, async (tx, shown) => {
        for (let one = left[0]; one; one = enough() ? undefined : left[0]) {
          left.shift()
          const heard = one.members.filter(({ actor }) => shown.has(actor))
          for (const { actor, failed } of one.members) if (!shown.has(actor)) failed(new StaleContext())
          if (heard.length === 0) continue
          reading.one = { ...one, members: heard }
          const tell = await readOne(one.read, tx)
          reading.one = undefined
          for (const member of heard) tell(member)
        }
      })
      return left
    } catch (error) {
      // What one of them asks may be what cannot be read: the others are to have theirs, in another transaction.
      for (const { failed } of reading.one?.members ?? []) failed(error)
      if (reading.one) return left
      // It was entered as the first of them, who is no longer what they were.
      const [first] = actors
      const stale = error instanceof StaleContext
      const others: Wanted[] = []
      for (const one of left) {
        const staying = one.members.filter(({ actor }) => stale && actor !== first)
        for (const member of one.members) if (!staying.includes(member)) member.failed(error)
        if (staying.length > 0) others.push({ ...one, members: staying })
      }
      return others
    }
  }

  function lineOf(place: string, right: string): Line {
    const line = lines.get(place) ?? { right, wanted: new Map(), gathering: false, running: false }
    lines.set(place, line)
    return line
  }

  /** A place is due once others have had time to come. */
  function gather(place: string, line: Line): void {
    if (line.gathering || due.has(place)) return
    line.gathering = true
    setTimeout(() => {
      line.gathering = false
      due.add(place)
      seat()
    }, gatherMs())
  }

  return {
    ask<T>(ask: SharedAsk, read: (tx: ReadTx) => Promise<T>): Promise<T> {
      return new Promise<unknown>((done, failed) => {
        const { right, place, actor } = ask
        const key = ask.own ? `${ask.key}|${tagOf(actor)}` : ask.key
        const one: Wanted = { key, read, members: [{ actor, done, failed }] }
        if (ask.patient) {
          const line = lineOf(place, right)
          join(line.wanted, one)
          return gather(place, line)
        }
        // Those who ask in the same turn of the loop come along; later ones wait for the next.
        if (join(asked, one)) setImmediate(depart, key, right)
      }) as Promise<T>
    },
  }
}

/** Answers whether it is the first of its key. */
function join(wanted: Map<string, Wanted>, one: Wanted): boolean {
  const found = wanted.get(one.key)
  found?.members.push(...one.members)
  if (!found) wanted.set(one.key, one)
  return !found
}

/** Everybody's first, then everybody's second; each in the order in which they came. */
function inTurn(wanted: readonly Wanted[]): readonly Wanted[] {
  const had = new Map<number, number>()
  const ranked = wanted.map((one) => {
    const ranks = one.members.map(({ actor }) => had.get(actor.personId) ?? 0)
    for (const { actor } of one.members) had.set(actor.personId, (had.get(actor.personId) ?? 0) + 1)
    return { one, rank: Math.min(...ranks) }
  })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ one }) => one)
}

/** What the program itself refuses spoils nothing for those who come after. */
const readOne = (read: Read, tx: ReadTx): Promise<(member: Member) => void> =>
  read(tx).then(
    (answer) => (member) => member.done(answer),
    (error: unknown) => {
      if (error instanceof Refusal) return (member) => member.failed(error)
      throw error
    },
  )
