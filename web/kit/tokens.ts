/** The one palette. CSS variables (`css`) and the Ant Design theme (`theme.ts`) are both made from it. */
export type Scheme = 'light' | 'dark'

const light = {
  paper: '#f6f3ec',
  surface: '#fffefb',
  raised: '#ffffff',
  sunken: '#efebe1',
  hover: '#f3efe5',
  line: '#e2dccf',
  'line-strong': '#cbc4b4',
  ink: '#17282d',
  'ink-2': '#4b5b5e',
  'ink-3': '#616c69',
  accent: '#0f6165',
  'accent-strong': '#0a4a50',
  'accent-soft': '#e0ece9',
  'on-accent': '#ffffff',
  rail: '#12353b',
  'rail-line': '#21484e',
  'rail-ink': '#d9e3df',
  'rail-ink-2': '#9db4b1',
  'rail-active': '#1d4b52',
  burn: '#b3261e',
  'burn-soft': '#f9e4e0',
  warn: '#96570c',
  'warn-mark': '#d08a1d',
  'warn-soft': '#f8ecd4',
  good: '#2c6e49',
  'good-soft': '#e2eee3',
  'level-0': '#b9b4a6',
  'level-1': '#7f958f',
  'level-2': '#c99a2e',
  'level-3': '#d5702a',
  'level-4': '#b3261e',
  negative: '#a8643a',
  neutral: '#b8b5a8',
  positive: '#3c8a7c',
  'series-1': '#0f6165',
  'series-2': '#b98a3a',
  'series-3': '#6f87a6',
  'series-4': '#a8643a',
  'series-5': '#7d7aa0',
  'series-6': '#8ba063',
  mark: '#f6dfa0',
  shade: 'rgba(23, 40, 45, 0.32)',
}

const dark: typeof light = {
  paper: '#0e1517',
  surface: '#141d20',
  raised: '#1a2529',
  sunken: '#0b1113',
  hover: '#1b272b',
  line: '#263438',
  'line-strong': '#3a4b50',
  ink: '#e6e6de',
  'ink-2': '#adb8b4',
  'ink-3': '#86938f',
  accent: '#6bbab3',
  'accent-strong': '#8fd0c9',
  'accent-soft': '#17343a',
  'on-accent': '#06211f',
  rail: '#0a1214',
  'rail-line': '#1c292c',
  'rail-ink': '#d5dad3',
  'rail-ink-2': '#869693',
  'rail-active': '#17292d',
  burn: '#f0786b',
  'burn-soft': '#3a1c1b',
  warn: '#e0a24a',
  'warn-mark': '#d9973a',
  'warn-soft': '#33270f',
  good: '#7dbd8e',
  'good-soft': '#172d20',
  'level-0': '#566461',
  'level-1': '#7f958f',
  'level-2': '#d0a43f',
  'level-3': '#e08645',
  'level-4': '#e5655a',
  negative: '#cf8a5c',
  neutral: '#5f6d6b',
  positive: '#5fb0a2',
  'series-1': '#6bbab3',
  'series-2': '#d0a850',
  'series-3': '#8aa5c8',
  'series-4': '#cf8a5c',
  'series-5': '#a39fca',
  'series-6': '#a8bf7c',
  mark: '#5a4714',
  shade: 'rgba(0, 0, 0, 0.55)',
}

export type TokenName = keyof typeof light
export const tokens: Record<Scheme, Record<TokenName, string>> = { light, dark }

export const font =
  "'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', system-ui, sans-serif"
export const mono = "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'Noto Sans Mono', 'Noto Sans CJK SC', monospace"

const variables = (scheme: Scheme) =>
  Object.entries(tokens[scheme])
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')

/** Follows the system until the person chooses; the choice is `data-theme` on the root element. Printing is always light. */
export const css = [
  `:root{--font:${font};--mono:${mono};color-scheme:light;${variables('light')}}`,
  `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${variables('dark')}}}`,
  `@media screen{:root[data-theme=dark]{color-scheme:dark;${variables('dark')}}}`,
  'body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.6 var(--font)}',
].join('\n')
