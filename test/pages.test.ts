import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { access } from '../src/access/contract.ts'
import { monitoring } from '../src/monitoring/contract.ts'
import { takeIn } from '../src/monitoring/index.ts'
import { response } from '../src/response/contract.ts'
import { buildConsole, isConsoleBuilt } from '../src/words/build.ts'
import { type Look, looks, openBrowser, openWindow } from './browser.ts'
import { openHouse } from './harness.ts'

const browser: Browser | null = await openBrowser()
const skip = browser ? false : '未找到 Chromium,跳过页面测试 / no Chromium found'
if (browser && !isConsoleBuilt()) buildConsole()
const house = await openHouse({ live: true })
let url = ''

const post = (id: string, text: string) => ({ id, platform: 'heimao', kind: 'complaint', author: '匿名用户', title: '', text })

before(async () => {
  url = await house.app.listen({ port: 0, host: '127.0.0.1' })
  await takeIn(
    house.db,
    [
      post('p1', '杭州衡川医院西溪院区重复收费,多收我八百元检查费,找医保办没人管,要求退费和书面答复。'),
      post('p2', '杭州衡川医院护士站的姐姐很温柔,谢谢你们照顾我妈妈。'),
      post('p3', '听说广州衡川医院天河院区打疫苗出了人命,求证实。<img src=x onerror=alert(1)><script>alert(1)</script>'),
    ],
    { sourceId: null },
  )
  const { mentions } = await house.as('hangzhou.duty', monitoring)['monitoring.list_mentions']({})
  for (const { id, sentiment } of mentions)
    if (sentiment === 'negative') await house.as('hangzhou.duty', response)['response.open_case']({ mentionId: id, severity: 3 })
})
after(async () => {
  await browser?.close()
})

/** Paths as each person would reach them; the numbers are those of rows that they may see. */
async function pathsOf(login: string): Promise<string[]> {
  const paths: string[] = []
  if (login !== 'hq.audit' && login !== 'hq.system' && login !== 'hq.security') {
    const { mentions } = await house.as(login, monitoring)['monitoring.list_mentions']({})
    const { cases } = await house.as(login, response)['response.list_cases']({})
    paths.push('/', '/monitoring', '/monitoring/rules', '/monitoring/sources', '/response')
    if (mentions[0]) paths.push(`/monitoring/${mentions[0].id}`)
    if (cases[0]) paths.push(`/response/${cases[0].id}`)
  }
  const { people } = await house.as(login, access)['access.list_people']({ limit: 1 })
  paths.push('/access', `/access/people/${people[0]?.id}`)
  if (login === 'hq.audit') paths.push('/privacy')
  return paths
}

/** Headquarters sees every page of the daily work in every look; the others see theirs in those that differ most. */
const visits: readonly (readonly [login: string, looks: readonly Look[]])[] = [
  ['hq.publicity', looks],
  ['hangzhou.duty', looks.slice(0, 2)],
  ['east.coordinator', looks.slice(0, 1)],
  ['hq.security', looks.slice(2)],
  ['hq.audit', looks],
]

/** Goes to another page without loading the console again. */
const walkTo = (page: Page, path: string) =>
  page.evaluate((to) => {
    document.querySelector('main h1')?.setAttribute('data-left', '')
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)

for (const [login, seen] of visits)
  for (const look of seen)
    test(`${login} opens every page, ${look.language}, ${look.theme}, ${look.width} px`, { skip }, async () => {
      const { page, faults, close } = await openWindow(browser as Browser, house, url, login, look)
      for (const [at, path] of (await pathsOf(login)).entries()) {
        // Each page is loaded by its address in one look, and in the others come to as people do, within the console.
        if (at === 0 || look === seen[0]) await page.goto(url + path)
        else await walkTo(page, path)
        await page.locator('main h1:not([data-left])').first().waitFor({ timeout: 15_000 })
        await page.waitForFunction(() => !document.querySelector('.skeleton'), undefined, { timeout: 15_000 })
        assert.equal(await page.locator('.note-state.error').count(), 0, path)
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(sideways <= 1, `${path} scrolls sideways by ${sideways} px`)
        const text = await page.locator('body').innerText()
        assert.doesNotMatch(text, /\b(common|access|monitoring|response|privacy|delivery):[a-z]/, `${path} shows a bare key`)
        assert.equal(await page.locator('html').getAttribute('lang'), look.language === 'zh' ? 'zh-CN' : 'en')
      }
      assert.deepEqual(
        faults.filter((fault) => !/404|403/.test(fault)),
        [],
      )
      await close()
    })

test('a newcomer signs in from the list of demo people and sees the own branch', { skip }, async () => {
  const { page, close } = await openWindow(browser as Browser, house, url, null, looks[0] as (typeof looks)[number])
  await page.goto(url)
  await page.getByText('hangzhou.duty').first().click()
  await page.getByText('衡川杭州医院').first().waitFor({ timeout: 15_000 })
  await close()
})

test('what a hostile post says is shown as text and runs nothing', { skip }, async () => {
  const { page, faults, close } = await openWindow(
    browser as Browser,
    house,
    url,
    'guangzhou.duty',
    looks[0] as (typeof looks)[number],
  )
  let asked = false
  page.on('dialog', (dialog) => {
    asked = true
    void dialog.dismiss()
  })
  const { mentions } = await house.as('guangzhou.duty', monitoring)['monitoring.list_mentions']({})
  await page.goto(`${url}/monitoring/${mentions[0]?.id}`)
  await page.getByText('求证实').first().waitFor()
  assert.equal(asked, false)
  assert.equal(await page.locator('main script, main img[src="x"]').count(), 0)
  assert.deepEqual(faults, [])
  await close()
})

test('an open page shows a new mention by itself', { skip }, async () => {
  const { page, close } = await openWindow(browser as Browser, house, url, 'hangzhou.duty', looks[0] as (typeof looks)[number])
  await page.goto(`${url}/monitoring`)
  await page.waitForFunction(() => !document.querySelector('.skeleton'))
  await takeIn(house.db, [post('p9', '杭州衡川医院心内科病房的空调三天没修好,老人热得睡不着,护士长说报修了没人来。')], {
    sourceId: null,
  })
  await page.getByText('空调三天没修好').first().waitFor({ timeout: 60_000 })
  await close()
})
