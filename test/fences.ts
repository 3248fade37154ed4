import { dirname, join, normalize } from 'node:path'

/** The staircase: a room may use the rooms before it in this list and nothing after it. */
export const stairs = [
  'base',
  'engines',
  'access',
  'privacy',
  'delivery',
  'patients',
  'office',
  'monitoring',
  'response',
  'brand',
  'demo',
] as const

/** Only these may know all rooms. */
const entries = /^src\/(main|server|worker|rooms)\.ts$|^src\/(words|http)\/|^test\/|^bench\/|^evaluate\//

const roomOf = (path: string) => /^src\/([a-z]+)\//.exec(path)?.[1]
const isDoor = (path: string, room: string) =>
  room === 'base' || /^src\/[a-z]+\/(contract|index)\.ts$/.test(path) || /^src\/engines\/[a-z]+\/index\.ts$/.test(path)

/** What a file's imports break, each in a sentence. `file` is relative to the project, as are those in the answer. */
export function breaches(file: string, text: string): string[] {
  if (entries.test(file)) return []
  const from = roomOf(file)
  const isUi = /^src\/[a-z]+\/ui\//.test(file)
  const isTest = file.endsWith('.test.ts')
  const found: string[] = []
  for (const [, spec] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const target = normalize(join(dirname(file), spec ?? ''))
    const to = roomOf(target)
    const inWeb = target.startsWith('web/')
    if (isUi) {
      const own = to === from && /^src\/[a-z]+\/(ui\/|contract\.ts$)/.test(target)
      const contract = /^src\/[a-z]+\/contract\.ts$/.test(target)
      const otherUi = to !== from && /^src\/[a-z]+\/ui\//.test(target)
      if (!(own || contract || inWeb) || otherUi) found.push(`${file} runs in the browser, ${target} does not`)
    } else if (file.startsWith('web/')) {
      if (to && !/^src\/[a-z]+\/(contract\.ts$|ui\/)/.test(target) && target !== 'src/base/contract.ts')
        found.push(`${file} is the web, ${target} is the server`)
      continue
    } else if (inWeb) found.push(`${file} is the server, ${target} is the web`)
    if (!to || !from || to === from) continue
    if (isTest && target.startsWith('test/')) continue
    const [above, below] = [stairs.indexOf(to as never), stairs.indexOf(from as never)]
    if (above < 0 || below < 0) found.push(`${below < 0 ? from : to} is no room on the staircase`)
    else if (above > below) found.push(`${file} looks up the stairs at ${to}`)
    if (!isDoor(target, to)) found.push(`${file} reaches past the door of ${to}: ${spec}`)
  }
  return found
}
