import { neighbourhoodOf } from '../base/address.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import { openCount, openRate } from '../base/rate.ts'

/**
 * Checking a password costs memory and time by design, on threads that files and look-ups share. So few are checked at once, and few wait:
 * whoever signs in in vain, however fast, delays nobody's asks and only so many sign-ins.
 */
const checkedAtOnce = 2
const waiting = { all: 64, address: 32, turn: 32 }
/** Wrong passwords from one address, for whatever accounts. */
const wrongFrom = openRate({ burst: 100, perSecond: 1 / 10 }, () => performance.now())

const inAll = openCount(waiting.all)
const fromAddress = openCount(waiting.address)
const ofTurn = openCount(waiting.turn)

/** Throws `too_many` when this address has tried too many accounts in vain. */
export function refuseHasty(address: string): void {
  const seconds = wrongFrom.wait(neighbourhoodOf(address))
  if (seconds > 0) throw new Refusal(baseErrors.too_many, { seconds })
}

export const noteWrong = (address: string): void => wrongFrom.take(neighbourhoodOf(address))

const trying = new Map<string, Promise<unknown>>()

/** One try at a time for an account and a place, so that many at once do not slip past the count. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const leave = hold(ofTurn.enter(key))
  const mine = (trying.get(key) ?? Promise.resolve()).then(work, work)
  trying.set(key, mine)
  try {
    return await mine
  } finally {
    leave()
    if (trying.get(key) === mine) trying.delete(key)
  }
}

let checking = 0
const queue: (() => void)[] = []

/** Runs costly work on passwords, at most two at once. `known` browsers wait in the same queue but are not counted against an address. */
export async function costly<T>({ address, known }: { address: string; known: boolean }, work: () => Promise<T>): Promise<T> {
  const leaveAddress = known ? () => undefined : hold(fromAddress.enter(neighbourhoodOf(address)))
  const leaveAll = known ? () => undefined : holdOr(inAll.enter('all'), leaveAddress)
  try {
    if (checking >= checkedAtOnce) await new Promise<void>((go) => (known ? queue.unshift(go) : queue.push(go)))
    else checking++
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else checking--
    }
  } finally {
    leaveAll()
    leaveAddress()
  }
}

const hold = (leave: (() => void) | null): (() => void) => holdOr(leave, () => undefined)

function holdOr(leave: (() => void) | null, undo: () => void): () => void {
  if (leave) return leave
  undo()
  throw new Refusal(baseErrors.too_many, { seconds: 2 })
}
