import { handle, together } from '../base/serve.ts'
import {
  acknowledgeCase,
  answerCase,
  closeCase,
  handBackCase,
  noteCase,
  passUpCase,
  reopenCase,
  takeCase,
  takeOverCase,
} from './acts.ts'
import { listCases } from './case.ts'
import { response } from './contract.ts'
import { findCases, getCase } from './detail.ts'
import { openCase } from './opening.ts'
import { getOverview } from './overview.ts'
import { getClockPolicy, setClockPolicy } from './policy.ts'

export { jobs } from './jobs.ts'
export { setDemoClocks } from './policy.ts'

export const served = handle(response, {
  'response.list_cases': together(listCases),
  'response.get_case': getCase,
  'response.find_cases': findCases,
  'response.acknowledge_case': acknowledgeCase,
  'response.take_case': takeCase,
  'response.note_case': noteCase,
  'response.answer_case': answerCase,
  'response.close_case': closeCase,
  'response.reopen_case': reopenCase,
  'response.pass_up_case': passUpCase,
  'response.take_over_case': takeOverCase,
  'response.hand_back_case': handBackCase,
  'response.open_case': openCase,
  'response.get_overview': together(getOverview),
  'response.get_clock_policy': getClockPolicy,
  'response.set_clock_policy': setClockPolicy,
})

export const topics = { 'response.case': 'response.read' }
