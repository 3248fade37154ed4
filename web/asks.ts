import type { access } from '../src/access/contract.ts'
import type { Input as InputOf, Output as OutputOf } from '../src/base/contract.ts'
import type { delivery } from '../src/delivery/contract.ts'
import type { monitoring } from '../src/monitoring/contract.ts'
import type { privacy } from '../src/privacy/contract.ts'
import type { response } from '../src/response/contract.ts'

/** Everything the console may ask, by name. Types only: no contract code reaches the browser. */
export type Asks = typeof access & typeof privacy & typeof delivery & typeof monitoring & typeof response

export type AskName = keyof Asks & string
export type Input<N extends AskName> = InputOf<Asks[N]>
export type Output<N extends AskName> = OutputOf<Asks[N]>
