import type { Same } from '../same.ts'
import type { zh } from '../zh/index.ts'

export const privacy: Same<typeof zh.privacy> = {}
