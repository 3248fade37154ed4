import type { z } from 'zod'
import type { Actor } from '../base/db.ts'
import type { CaseAbilities, CaseState } from './contract.ts'
import { type CaseUnit, type Holder, isAbove, ownTier, tierOn } from './tier.ts'

type Abilities = z.output<typeof CaseAbilities>
export type Act = keyof Abilities

/** What decides who may do what with a case. */
export interface Standing {
  readonly unit: CaseUnit
  readonly state: z.output<typeof CaseState>
  readonly holder: Holder
  readonly actsFrom: Holder
  readonly handlerId: number | null
  /** Somebody acknowledged it at some time. */
  readonly acknowledged: boolean
}

/** In which states each act makes sense. */
const states: Record<Act, readonly Standing['state'][]> = {
  acknowledge: ['open'],
  take: ['open', 'acknowledged', 'handling'],
  note: ['open', 'acknowledged', 'handling', 'answered', 'closed'],
  answer: ['acknowledged', 'handling', 'answered'],
  close: ['acknowledged', 'handling', 'answered'],
  reopen: ['answered', 'closed'],
  passUp: ['open', 'acknowledged', 'handling'],
  takeOver: ['open', 'acknowledged', 'handling'],
  handBack: ['open', 'acknowledged', 'handling'],
}

/**
 * Whether an act fits the state of a case, whoever asks. What was acknowledged once may be answered although a clock laid it before
 * somebody again: whoever was writing when it struck can still send what they wrote.
 */
export const fitsState = (act: Act, { state, acknowledged }: Pick<Standing, 'state' | 'acknowledged'>): boolean =>
  states[act].includes(state) || (act === 'answer' && state === 'open' && acknowledged)

/**
 * What this person may do with this case. The pages show it and every step asks it again: there is no second rule.
 * The tier that holds a case acts on it, and those above; so does a tier below from which a clock took it, until somebody above takes it
 * on. A tier below that may no longer act may still add notes.
 */
export function abilities(standing: Standing, actor: Pick<Actor, 'personId' | 'scopes'>): Abilities {
  const { unit, holder, actsFrom, handlerId } = standing
  const handles = tierOn(actor, 'response.handle', unit)
  const oversees = tierOn(actor, 'response.take_over', unit)
  const acts = handles !== null && !isAbove(actsFrom, handles)
  const holds = handles !== null && !isAbove(holder, handles)
  const allowed: Record<Act, boolean> = {
    acknowledge: acts,
    take: acts && handlerId !== actor.personId,
    note: handles !== null,
    answer: acts,
    close: acts,
    reopen: acts,
    passUp: holds && holder !== 'headquarters',
    takeOver: oversees !== null && isAbove(oversees, holder),
    handBack: oversees !== null && !isAbove(holder, oversees) && isAbove(holder, ownTier(unit)),
  }
  return Object.fromEntries(
    Object.entries(allowed).map(([act, may]) => [act, may && fitsState(act as Act, standing)]),
  ) as Abilities
}
