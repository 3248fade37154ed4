import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { Me } from '../me.ts'

interface PageRoute {
  path: string
  right: string
  Page: LazyExoticComponent<ComponentType>
  load: () => Promise<{ default: ComponentType }>
}

const page = (path: string, right: string, load: () => Promise<{ default: ComponentType }>): PageRoute => ({
  path,
  right,
  load,
  Page: lazy(load),
})

/** Every page of the console, the right it asks for, and the chunk it lives in. More exact paths come first. */
export const routes: readonly PageRoute[] = [
  page('/', 'response.read', () => import('../../src/response/ui/OverviewPage.tsx')),
  page('/monitoring', 'monitoring.read', () => import('../../src/monitoring/ui/StreamPage.tsx')),
  page('/monitoring/rules', 'monitoring.read', () => import('../../src/monitoring/ui/RulesPage.tsx')),
  page('/monitoring/sources', 'monitoring.read_sources', () => import('../../src/monitoring/ui/SourcesPage.tsx')),
  page('/monitoring/:id', 'monitoring.read', () => import('../../src/monitoring/ui/MentionPage.tsx')),
  page('/response', 'response.read', () => import('../../src/response/ui/CasesPage.tsx')),
  page('/response/clocks', 'response.read', () => import('../../src/response/ui/ClocksPage.tsx')),
  page('/response/:id', 'response.read', () => import('../../src/response/ui/CasePage.tsx')),
  page('/delivery', 'delivery.manage', () => import('../../src/delivery/ui/DeliveryPage.tsx')),
  page('/access', 'access.read', () => import('../../src/access/ui/UnitsPage.tsx')),
  page('/access/people/:id', 'access.read', () => import('../../src/access/ui/PersonPage.tsx')),
  page('/privacy', 'privacy.read_trail', () => import('../../src/privacy/ui/TrailPage.tsx')),
]

export const may = (me: Me, right: string) => me.rights.includes(right)

const shapeOf = (path: string) => new RegExp(`^${path.replace(/:\w+/g, '\\d+')}$`)

/** Begins to fetch a page before anything asks for it; a failure shows when the page is opened. */
export function preload(pathname: string) {
  if (pathname === '/sign-in') void import('./SignInPage.tsx')
  else void import('./Frame.tsx')
  routes
    .find((route) => shapeOf(route.path).test(pathname))
    ?.load()
    .catch(() => undefined)
}
