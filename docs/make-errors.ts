import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCatalogue } from '../src/base/error.ts'
import '../src/rooms.ts'

// Writes docs/errors.md from the catalogue: `npm run docs:errors`. test/documents.test.ts compares the two.
const rows = errorCatalogue().map(
  ({ code, status, zh, en, next }) => `| \`${code}\` | ${status} | ${zh}<br>${en} | ${next.zh}<br>${next.en} |`,
)
const page = `# 错误目录 Errors

每个错误有不变的代码、中英文说明和下一步。\`{…}\` 由具体情况填入。
Each error has a code that never changes, a sentence and the next step in both languages; \`{…}\` is filled with the facts.

| 代码 code | HTTP | 含义 meaning | 怎么办 next |
|---|---|---|---|
${rows.join('\n')}
`
writeFileSync(join(import.meta.dirname, 'errors.md'), page)
