/**
 * Trains the shipped models from `demo/training/*.jsonl` and writes `weights.bin`:
 * `node src/engines/judge/train.ts [group.json] [folder]`. The same files give the same bytes.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { examplesOf, readLabelled } from './example.ts'
import { fit } from './fit.ts'
import { packModel } from './model.ts'
import type { Group } from './types.ts'

const root = new URL('../../../', import.meta.url)
const groupFile = process.argv[2] ?? new URL('demo/group.json', root)
const folder = process.argv[3] ?? new URL('demo/training/', root).pathname
const group = JSON.parse(readFileSync(groupFile, 'utf8')) as Group
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .sort()
const items = files.flatMap((name) => readLabelled(readFileSync(`${folder}/${name}`, 'utf8')))
const bytes = packModel(fit(examplesOf(items, group)))
writeFileSync(new URL('weights.bin', import.meta.url), bytes)
process.stderr.write(`${items.length} items, ${bytes.length} bytes\n`)
