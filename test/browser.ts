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

/**
 * Profiles that no window uses now. In a fresh one the first pages take four times the work, as nothing is there yet of what the browser
 * keeps of a program; what a program keeps itself is taken out of it instead.
 */
const free = new WeakMap<Browser, { readonly width: number; readonly context: BrowserContext }[]>()

async function takeProfile(browser: Browser, width: number): Promise<BrowserContext> {
  const found = free.get(browser) ?? []
  const at = found.findIndex((profile) => profile.width === width)
  const [profile] = at < 0 ? [] : found.splice(at, 1)
  if (profile) return profile.context
  return browser.newContext({
    viewport: { width, height: width > 600 ? 800 : 844 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // What moves takes presses elsewhere than where it was aimed at.
    reducedMotion: 'reduce',
  })
}

/** A window in which a person is signed in, seeing the console one way. `faults` gathers what the page itself complains of. */
export async function openWindow(browser: Browser, house: House, url: string, login: string | null, look: Look) {
  const context = await takeProfile(browser, look.width)
  const page: Page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Storage.clearDataForOrigin', {
    origin: new URL(url).origin,
    storageTypes: 'cookies,local_storage,indexeddb,service_workers,cache_storage,file_systems',
  })
  await devtools.detach()
  await context.clearCookies()
  if (login !== null) await context.addCookies([{ name: 'anlan_session', value: await house.token(login), url }])
  // The last one given counts.
  await context.addInitScript((given: Look) => {
    localStorage.setItem('anlan.language', given.language)
    localStorage.setItem('anlan.theme', given.theme)
  }, look)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return {
    page,
    faults,
    async close() {
      for (const open of context.pages()) await open.close()
      free.set(browser, [...(free.get(browser) ?? []), { width: look.width, context }])
    },
  }
}
