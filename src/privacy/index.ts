import { handle } from '../base/serve.ts'
import { privacy } from './contract.ts'
import { countTrail, listTrail } from './trail.ts'

export { openTrail } from './trail.ts'
export { recordWord } from './word.ts'

export const served = handle(privacy, {
  'privacy.list_trail': listTrail,
  'privacy.count_trail': countTrail,
})
