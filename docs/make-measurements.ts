import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Row } from '../bench/row.ts'

// Writes docs/measurements.md from the output of the bench, of the evaluation and of the walks:
const command = `npx anlan bench > bench.jsonl; npm run --silent evaluate > evaluate.jsonl; npm run --silent walk -- --restarts 50 > faults.jsonl; npm run --silent walk -- --kills 500 --minutes 60 >> faults.jsonl; ANLAN_FUZZ="--count 20000 --seed 7" npm test -- test/fuzz | grep fuzz.strange >> faults.jsonl; node docs/make-measurements.ts bench.jsonl evaluate.jsonl faults.jsonl`
const rows = process.argv.slice(2).map((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row),
)
const line = ({ name, value, unit, ratio, against, bar }: Row) =>
  `| \`${name}\` | ${value} ${unit} | ${ratio ?? ''} | ${against ?? ''} | ${bar ?? ''} |`
const table = (of: readonly Row[]) =>
  `| figure | measured | ratio | against, how | asked |\n|---|--:|--:|---|---|\n${of.map(line).join('\n')}`
const [bench = [], evaluation = [], faults = []] = rows
const page = `# Measurements

${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()} × ${cpus().length} (shared machine), Node ${process.version}, embedded PostgreSQL 18.4, everything on one machine.

\`${command}\`

## Speed: \`npx anlan bench\`

${table(bench)}

## Judgement: \`npm run evaluate\`

The set is not trained on. Models are trained on \`demo/training\` only.

${table(evaluation)}

## Faults: \`npm run walk\`, \`npm test -- test/fuzz\`

Server, worker, database server and connections killed or restarted at random under load; hostile inputs to every ask.

${table(faults)}
`
writeFileSync(join(import.meta.dirname, 'measurements.md'), page)
