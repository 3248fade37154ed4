import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/base/config.ts'
import { serveHouse } from './house.ts'
import { quantile, type Row, round } from './row.ts'

export const chromiumPath = (): string | null =>
  [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => path && existsSync(path),
  ) ?? null

export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What the first page loads, compressed, and how soon a person can use it. */
export async function* benchConsole(): AsyncGenerator<Row> {
  const dist = join(projectRoot, 'web/dist')
  const files = globSync('**/*.br', { cwd: dist })
  const all = files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0)
  yield { name: 'console.all_pages', value: round(all / 1000, 1), unit: 'kB', against: 'brotli, every page of the console' }
  const executablePath = chromiumPath()
  if (!executablePath) return
  const { chromium } = await import('playwright-core')
  const house = await serveHouse()
  const browser = await chromium.launch({ executablePath, args: chromiumFlags })
  try {
    const token = (await house.signIn('hangzhou.duty')).token
    const usable: number[] = []
    let bytes = 0
    for (let turn = 0; turn < 5; turn++) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
      await context.addCookies([{ name: 'anlan_session', value: token, url: house.url }])
      const page = await context.newPage()
      const devtools = await context.newCDPSession(page)
      await devtools.send('Network.enable')
      bytes = 0
      devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength
      })
      const started = performance.now()
      await page.goto(house.url)
      await page.locator('[data-ready="overview"]').waitFor({ timeout: 20_000 })
      usable.push((performance.now() - started) / 1000)
      await page.waitForLoadState('networkidle').catch(() => undefined)
      await context.close()
    }
    yield {
      name: 'console.first_page',
      value: round(bytes / 1000, 1),
      unit: 'kB',
      against: 'everything the overview loads, on the wire',
      bar: '< 350',
    }
    yield {
      name: 'console.usable',
      value: round(quantile(usable, 0.5)),
      unit: 's',
      against: 'empty cache, overview with figures',
      bar: '< 2',
    }
  } finally {
    await browser.close()
    await house.stop()
    await house.remove()
  }
}
