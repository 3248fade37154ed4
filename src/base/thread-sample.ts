/** What threads are tried with in tests. */
export const double = (value: number): number => value * 2
export const spin = (): never => {
  for (;;);
}
export const fill = (): never => {
  const kept: object[] = []
  for (;;) kept.push({ at: kept.length, list: [1, 2, 3] })
}
export const refuse = (): never => {
  throw new RangeError('not this')
}
let calls = 0
/** How often this thread was called. */
export const count = (): number => ++calls
export const sum = (bytes: Uint8Array): number => bytes.reduce((all, byte) => all + byte, 0)
