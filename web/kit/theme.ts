import { theme as antdTheme, type ThemeConfig } from 'antd'
import { font, mono, type Scheme, tokens } from './tokens.ts'

/**
 * Who wants things still gets them without any motion. Only shortened, a motion of Ant Design can end before its beginning was noticed, and
 * a menu that is opened again stays out of the window.
 */
const still = matchMedia('(prefers-reduced-motion: reduce)').matches

/** Ant Design in our colours: flat, bordered, dense. */
export function themeOf(scheme: Scheme): ThemeConfig {
  const c = tokens[scheme]
  return {
    algorithm: scheme === 'dark' ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: c.accent,
      colorInfo: c.accent,
      colorLink: c.accent,
      colorLinkHover: c['accent-strong'],
      colorError: c.burn,
      colorWarning: c['warn-mark'],
      colorSuccess: c.good,
      colorText: c.ink,
      colorTextSecondary: c['ink-2'],
      colorTextTertiary: c['ink-3'],
      colorTextPlaceholder: c['ink-3'],
      colorTextLightSolid: c['on-accent'],
      colorBgLayout: c.paper,
      colorBgContainer: c.surface,
      colorBgElevated: c.raised,
      colorBorder: c['line-strong'],
      colorBorderSecondary: c.line,
      colorSplit: c.line,
      controlItemBgActive: c['accent-soft'],
      controlItemBgActiveHover: c['accent-soft'],
      controlItemBgHover: c.hover,
      colorBgMask: c.shade,
      borderRadius: 4,
      borderRadiusLG: 6,
      borderRadiusSM: 3,
      fontFamily: font,
      fontFamilyCode: mono,
      fontSize: 14,
      controlHeight: 32,
      controlHeightSM: 26,
      wireframe: false,
      motion: !still,
      motionDurationSlow: '0.16s',
      motionDurationMid: '0.12s',
      motionDurationFast: '0.08s',
      boxShadow: '0 4px 20px rgba(10, 24, 28, 0.14)',
      boxShadowSecondary: '0 4px 20px rgba(10, 24, 28, 0.14)',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500 },
      Select: { optionSelectedBg: c['accent-soft'], optionActiveBg: c.hover },
      Segmented: { trackBg: c.sunken, itemSelectedBg: c.surface },
      Tooltip: { colorBgSpotlight: c.rail, colorTextLightSolid: c['rail-ink'] },
      Modal: { titleFontSize: 16 },
      Form: { verticalLabelPadding: '0 0 4px', itemMarginBottom: 16 },
    },
  }
}
