/** Parameters that only say how somebody came to a page, wherever they stand. */
const tracking =
  /^(?:utm_\w+|spm|spm_id_from|scm|fbclid|gclid|yclid|msclkid|mc_cid|mc_eid|igshid|wfr|isappinstalled|chksm|from_source|share_\w+|shareuid|sharer_\w+|xhsshare|xsec_\w+|app_platform|apptime|vd_source|bbid|sudaref|_t|hmsr)$/i

/** Names that mean something on most pages and nothing on these. */
const trackingAt: readonly (readonly [RegExp, RegExp])[] = [
  [/(?:^|\.)weibo\.(?:com|cn)$/, /^(?:from|wm|luicode|lfid|type|mod|refer_flag)$/i],
  [/(?:^|\.)weixin\.qq\.com$/, /^(?:from|scene|subscene|source|clicktime|enterid|sessionid|ascene|devicetype|version|nettype)$/i],
  [/(?:^|\.)(?:xiaohongshu|xhslink)\.com$/, /^(?:source|share|app_version|type|author_share|apptime|timestamp)$/i],
  [/(?:^|\.)(?:douyin|iesdouyin)\.com$/, /^(?:from|source|ts|timestamp|region|u_code|did|iid|with_sec_did|titletype)$/i],
  [/(?:^|\.)bilibili\.com$/, /^(?:from|ts|timestamp|seid|unique_k|plat_id|buvid|p2p_type|is_story_h5)$/i],
  [/(?:^|\.)toutiao\.com$/, /^(?:from|source|timestamp|app|req_id|use_new_style|tt_from|in_ogs|in_tfs)$/i],
  [/(?:^|\.)zhihu\.com$/, /^(?:from|source|s_r)$/i],
  [/(?:^|\.)baidu\.com$/, /^(?:from|fr|sfrom|ssid)$/i],
  [/(?:^|\.)kuaishou\.com$/, /^(?:from|source|ts|timestamp|fid|cc|followrefer|kpn)$/i],
]

/** Fragments that only say where on the page somebody was. */
const idle = /^(?:|top|comments?|respond|content|main|rd|wechat_redirect|wechat_qqauth|(?:ref|from|share|xtor|:~:)\b.*)$/i

/** An address without what only says how somebody came to it: the same page has one canonical address. */
export function canonicalUrl(address: string): string {
  const url = new URL(address)
  const host = url.host.toLowerCase()
  const here = trackingAt.find(([where]) => where.test(host))?.[1]
  const kept = [...url.searchParams]
    .filter(([name]) => !tracking.test(name) && !here?.test(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const query = new URLSearchParams(kept).toString()
  const fragment = url.hash.slice(1)
  return `${host}${url.pathname.replace(/\/+$/, '')}${query ? `?${query}` : ''}${idle.test(fragment) ? '' : `#${fragment}`}`
}
