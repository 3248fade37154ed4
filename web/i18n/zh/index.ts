import { access } from './access.ts'
import { common } from './common.ts'
import { delivery } from './delivery.ts'
import { monitoring } from './monitoring.ts'
import { privacy } from './privacy.ts'
import { response } from './response.ts'

export const zh = { common, access, privacy, delivery, monitoring, response }
