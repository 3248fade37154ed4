import { type Actor, type Db, type ReadTx, StaleContext } from './db.ts'

type Read = (tx: ReadTx) => Promise<unknown>

interface Member {
  readonly actor: Actor
  readonly done: (answer: unknown) => void
  readonly failed: (error: unknown) => void
}

interface Wanted {
  readonly read: Read
  readonly members: Member[]
}

/** What one transaction is to read, for whoever asked for it. */
interface Batch {
  readonly right: string
  readonly wanted: Map<string, Wanted>
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
  /** All that the answer depends on: the ask, the scope of its right, what was asked. */
  readonly key: string
  /** The scope alone: what pages read by themselves under one right at one place is read together. */
  readonly place: string
  readonly actor: Actor
  readonly right: string
  /** A page asks by itself and can wait until others have come. */
  readonly patient: boolean
}

/** So many transactions at once for pages that read by themselves: people's own asks find connections and processors free. */
const patientAtOnce = 2
const mostWanted = 16

/**
 * Reads once what several ask at the same moment. Nothing is kept: an answer is begun after everybody who gets it has asked, and the
 * database says in its very snapshot who of them holds the right at the same place. The others ask again on their own.
 *
 * What a person asks goes at once. What pages ask by themselves is gathered for `gatherMs` and read in one transaction for each place, a
 * few at a time; when the database is slow more of them come together, so that the load has an end.
 */
export function openShares(db: Db, gatherMs: () => number) {
  const boarding = new Map<string, Batch>()
  const running = new Set<string>()
  /** Places whose time has come, in order. */
  const due = new Set<string>()
  let patientRunning = 0

  function depart(key: string): void {
    const batch = boarding.get(key)
    if (!batch || running.has(key)) return
    boarding.delete(key)
    running.add(key)
    void answer(batch).finally(() => {
      running.delete(key)
      depart(key)
    })
  }

  function departPatient(): void {
    for (const place of due) {
      if (patientRunning >= patientAtOnce) return
      const batch = boarding.get(place)
      if (running.has(place)) continue
      due.delete(place)
      if (!batch) continue
      boarding.delete(place)
      running.add(place)
      patientRunning += 1
      void answer(batch).finally(() => {
        running.delete(place)
        patientRunning -= 1
        departPatient()
      })
    }
  }

  async function answer({ right, wanted }: Batch): Promise<void> {
    const members = [...wanted.values()].flatMap((one) => one.members)
    try {
      const actors = [...new Map(members.map(({ actor }) => [actor.personId, actor])).values()]
      const { result, shown } = await db.readFor(actors, right, async (tx) => {
        const answers = new Map<string, unknown>()
        for (const [key, { read }] of wanted) answers.set(key, await read(tx))
        return answers
      })
      for (const [key, { members: asking }] of wanted)
        for (const { actor, done, failed } of asking)
          if (shown.has(actor.personId)) done(result.get(key))
          else failed(new StaleContext())
    } catch (error) {
      // What one of them asks may be what cannot be read: the others are to have theirs.
      if (wanted.size > 1 && !(error instanceof StaleContext))
        for (const one of wanted) await answer({ right, wanted: new Map([one]) })
      else for (const { failed } of members) failed(error)
    }
  }

  function board(train: string, { right, key }: SharedAsk, read: Read, member: Member, begun: () => void): void {
    let batch = boarding.get(train)
    if (!batch) {
      batch = { right, wanted: new Map() }
      boarding.set(train, batch)
      begun()
    }
    const found = batch.wanted.get(key)
    if (found) found.members.push(member)
    else batch.wanted.set(key, { read, members: [member] })
  }

  /** The first of this place whose batch has room. */
  function trainOf(place: string, key: string): string {
    for (let nr = 0; ; nr++) {
      const train = `${place}|${nr}`
      const wanted = boarding.get(train)?.wanted
      if (!wanted || wanted.size < mostWanted || wanted.has(key)) return train
    }
  }

  return {
    ask<T>(asked: SharedAsk, read: (tx: ReadTx) => Promise<T>): Promise<T> {
      return new Promise<unknown>((done, failed) => {
        const member = { actor: asked.actor, done, failed }
        // Those who ask in the same turn of the loop come along; later ones wait for the next.
        if (!asked.patient) return board(asked.key, asked, read, member, () => void setImmediate(depart, asked.key))
        const train = trainOf(asked.place, asked.key)
        board(train, asked, read, member, () => {
          setTimeout(() => {
            due.add(train)
            departPatient()
          }, gatherMs())
        })
      }) as Promise<T>
    },
  }
}
