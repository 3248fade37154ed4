import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumFlags, chromiumPath } from '../bench/console.ts'
import type { House } from './harness.ts'

/** A Chromium for page tests, or null where the machine has none; the tests then say so and count as skipped. */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = chromiumPath()
  return executablePath ? chromium.launch({ executablePath, args: chromiumFlags }) : null
}

export interface Look {
  readonly language: 'zh' | 'en'
  readonly theme: 'light' | 'dark'
  readonly width: number
}

export const looks: readonly Look[] = [
  { language: 'zh', theme: 'light', width: 1280 },
  { language: 'zh', theme: 'dark', width: 390 },
  { language: 'en', theme: 'dark', width: 1280 },
  { language: 'en', theme: 'light', width: 390 },
]

/** A window in which a person is signed in, seeing the console one way. `faults` gathers what the page itself complains of. */
export async function openWindow(browser: Browser, house: House, url: string, login: string | null, look: Look) {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: look.width, height: look.width > 600 ? 800 : 844 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // What moves takes presses elsewhere than where it was aimed at.
    reducedMotion: 'reduce',
  })
  if (login !== null) await context.addCookies([{ name: 'anlan_session', value: await house.token(login), url }])
  await context.addInitScript((given: Look) => {
    localStorage.setItem('anlan.language', given.language)
    localStorage.setItem('anlan.theme', given.theme)
  }, look)
  const page: Page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return { page, faults, close: () => context.close() }
}
