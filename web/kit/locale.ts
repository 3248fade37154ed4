import type { ConfigProviderProps } from 'antd'

type Locale = NonNullable<ConfigProviderProps['locale']>

/** Ant Design speaks English by itself; its Chinese is loaded when it is needed. */
export async function loadLocale(language: 'zh' | 'en'): Promise<Locale | undefined> {
  if (language === 'en') return undefined
  const module = await import('antd/es/locale/zh_CN.js')
  // The package types its modules as CommonJS while the bundler reads them as ES modules.
  return module.default as unknown as Locale
}
