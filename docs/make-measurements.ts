import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Row } from '../bench/row.ts'

// Writes docs/measurements.md from the output of the bench and of the evaluation:
//   npx anlan bench > bench.jsonl; npm run --silent evaluate > evaluate.jsonl; node docs/make-measurements.ts bench.jsonl evaluate.jsonl
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
const [bench = [], evaluation = []] = rows
const page = `# Measurements

${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()} × ${cpus().length} (shared machine), Node ${process.version}, embedded PostgreSQL 18.4, everything on one machine.

\`npx anlan bench > bench.jsonl; npm run --silent evaluate > evaluate.jsonl; node docs/make-measurements.ts bench.jsonl evaluate.jsonl\`

## Speed: \`npx anlan bench\`

${table(bench)}

## Judgement: \`npm run evaluate\`

The set is not trained on. Models are trained on \`demo/training\` only.

${table(evaluation)}
`
writeFileSync(join(import.meta.dirname, 'measurements.md'), page)
