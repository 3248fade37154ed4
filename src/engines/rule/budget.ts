import { step } from '../steps.ts'

/**
 * So much work one rule may cause on one text: each place where a term may stand, each mark compared there, each part of the rule looked
 * at. A rule that wants more is stopped for this text, so that it delays no other; the dearest useful rule stays far below.
 */
export const STEPS_PER_RULE = 1_000_000
/** Costs are brought to account when so much has come together, so that a step is cheap to count. */
const SETTLE_EVERY = 8192

/** Thrown where a rule that has spent its budget wants to go on. */
export class OverBudget extends Error {}

/** What the rules of a set spend on one text. */
export class Budget {
  /** For every term the rules that hold it. */
  private readonly owners: readonly (readonly number[])[]
  private readonly spent = new Map<number, number>()
  private readonly pending = new Map<number, number>()
  private readonly dead = new Set<number>()
  private unsettled = 0
  /** Rules that spent more than they may. */
  readonly stopped: Set<number> = new Set()

  constructor(owners: readonly (readonly number[])[]) {
    this.owners = owners
  }

  /** Whether any rule still wants to know where a term stands. */
  wants(term: number): boolean {
    return this.dead.size === 0 || !this.dead.has(term)
  }

  /** Looking for a term costs every rule that holds it as if it were alone. */
  chargeTerm(term: number, steps: number): void {
    step(steps)
    this.pending.set(term, (this.pending.get(term) ?? 0) + steps)
    this.unsettled += steps
    if (this.unsettled >= SETTLE_EVERY) this.settle()
  }

  /** @throws {OverBudget} when the rule has spent more than it may. */
  charge(rule: number, steps: number): void {
    step(steps)
    const sum = (this.spent.get(rule) ?? 0) + steps
    this.spent.set(rule, sum)
    if (sum <= STEPS_PER_RULE) return
    this.stopped.add(rule)
    throw new OverBudget()
  }

  settle(): void {
    for (const [term, steps] of this.pending)
      for (const rule of this.owners[term]!) {
        const sum = (this.spent.get(rule) ?? 0) + steps
        this.spent.set(rule, sum)
        if (sum > STEPS_PER_RULE) this.stopped.add(rule)
      }
    if (this.stopped.size > 0)
      for (const term of this.pending.keys()) if (this.owners[term]!.every((rule) => this.stopped.has(rule))) this.dead.add(term)
    this.pending.clear()
    this.unsettled = 0
  }
}
