/**
 * Counts the work that hostile input could multiply: engines call `step` where they loop over it. A test compares the count for an
 * input with that for twice the input, which says the same on a busy machine.
 */
let taken = 0

export function step(many = 1): void {
  taken += many
}

export function countSteps(work: () => void): number {
  const before = taken
  work()
  return taken - before
}
