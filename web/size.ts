import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What the browser fetches until the overview is usable, compressed: `node web/size.ts` says it and fails above the budget. */
export const budgetBytes = 350_000

interface Part {
  file: string
  bytes: number
}

/** The page itself and every file that its first screen needs: what `console.html` names, and the chunks of the frame, the overview. */
export function firstLoad(dist: string): Part[] {
  const assets = readdirSync(join(dist, 'assets')).filter((name) => /\.(js|css)$/.test(name))
  const found = new Set<string>()
  const visit = (name: string, lazily: boolean) => {
    if (found.has(name)) return
    found.add(name)
    const code = readFileSync(join(dist, 'assets', name), 'utf8')
    for (const other of assets) {
      if (other === name || !code.includes(`./${other}`)) continue
      const isStatic = code.includes(`from"./${other}"`) || code.includes(`import"./${other}"`)
      if (isStatic || lazily) visit(other, false)
    }
  }
  const html = readFileSync(join(dist, 'console.html'), 'utf8')
  for (const name of assets) if (html.includes(`/assets/${name}`)) visit(name, false)
  for (const wanted of ['Frame-', 'OverviewPage-', 'zh_CN-']) {
    for (const name of assets) if (name.startsWith(wanted)) visit(name, false)
  }
  const size = (path: string) => {
    try {
      return statSync(`${path}.br`).size
    } catch {
      return statSync(path).size
    }
  }
  return [
    { file: 'console.html', bytes: size(join(dist, 'console.html')) },
    ...[...found].map((name) => ({ file: name, bytes: size(join(dist, 'assets', name)) })),
  ].sort((a, b) => b.bytes - a.bytes)
}

if (import.meta.main) {
  const parts = firstLoad(process.argv[2] ?? join(import.meta.dirname, 'dist'))
  const total = parts.reduce((sum, part) => sum + part.bytes, 0)
  for (const part of parts) process.stderr.write(`${String(part.bytes).padStart(8)}  ${part.file}\n`)
  process.stdout.write(`${JSON.stringify({ name: 'console_first_page', value: total, unit: 'byte', bar: budgetBytes })}\n`)
  process.exitCode = total < budgetBytes ? 0 : 1
}
