import type { Words } from './contract.ts'

/** Why a page could not be fetched, and what a person does next. `{name}` is filled from the facts of the failure. */
export const fetchFailures = {
  fetch_bad_url: {
    zh: '网址无效：只接受 http 或 https，且不得包含用户名和密码。',
    en: 'The address is not valid: only http and https, without user name and password.',
    next: { zh: '请核对并修改网址。', en: 'Check and correct the address.' },
  },
  fetch_private_address: {
    zh: '{host} 指向内部网络地址，出于安全未访问。',
    en: '{host} leads to an address inside a private network and was not visited, for safety.',
    next: {
      zh: '如确为本单位内网来源，请系统管理员将该主机和端口列入允许名单。',
      en: 'If it is a source of your own network, ask the system administrator to allow this host and port.',
    },
  },
  fetch_dns: {
    zh: '找不到主机 {host}。',
    en: 'The host {host} could not be found.',
    next: {
      zh: '请核对网址；如能在浏览器打开，请检查服务器的 DNS 设置。',
      en: 'Check the address; if a browser opens it, check the DNS settings of the server.',
    },
  },
  fetch_connection: {
    zh: '无法与 {host} 建立或保持连接。',
    en: 'The connection to {host} failed or broke off.',
    next: {
      zh: '系统会自动重试；持续出现请检查网络与防火墙。',
      en: 'It is tried again by itself; if it lasts, check network and firewall.',
    },
  },
  fetch_tls: {
    zh: '{host} 的安全连接（HTTPS 证书）有问题。',
    en: 'The secure connection (HTTPS certificate) of {host} is faulty.',
    next: {
      zh: '请对方更新证书；内网自签证书请由系统管理员配置信任。',
      en: 'Ask the site to renew its certificate; let the administrator trust the certificates of your own network.',
    },
  },
  fetch_timeout: {
    zh: '{host} 未在 {seconds} 秒内完成应答。',
    en: '{host} did not finish its answer within {seconds} seconds.',
    next: {
      zh: '系统会自动重试；持续出现请降低抓取频率或更换网址。',
      en: 'It is tried again by itself; if it lasts, fetch less often or use another address.',
    },
  },
  fetch_too_large: {
    zh: '内容超过 {megabytes} MB，已停止下载。',
    en: 'The content is larger than {megabytes} MB; the download was stopped.',
    next: {
      zh: '请使用条目较少的订阅地址，或由系统管理员调高上限。',
      en: 'Use an address with fewer entries, or ask the administrator to raise the limit.',
    },
  },
  fetch_bad_encoding: {
    zh: '{host} 返回的压缩内容已损坏或无法识别。',
    en: 'The compressed content of {host} is damaged or of an unknown kind.',
    next: { zh: '系统会自动重试；持续出现请联系对方网站。', en: 'It is tried again by itself; if it lasts, tell the site.' },
  },
  fetch_redirect_loop: {
    zh: '网址跳转超过 {limit} 次，已停止。',
    en: 'The address redirects more than {limit} times; it was given up.',
    next: { zh: '请在浏览器打开，改用最终网址。', en: 'Open it in a browser and use the final address.' },
  },
  fetch_redirect_downgrade: {
    zh: '{host} 要求由 HTTPS 跳转到不加密的 HTTP，已拒绝。',
    en: '{host} redirects from HTTPS to unencrypted HTTP, which was refused.',
    next: {
      zh: '如接受不加密访问，请直接填写 http 网址。',
      en: 'If unencrypted access is acceptable, enter the http address itself.',
    },
  },
  fetch_bad_status: {
    zh: '{host} 返回状态 {status}，没有内容。',
    en: '{host} answered with status {status} and no content.',
    next: {
      zh: '404 或 410 请更换网址；403 或 429 请降低频率；5xx 会自动重试。',
      en: 'On 404 or 410 use another address; on 403 or 429 fetch less often; 5xx is tried again by itself.',
    },
  },
} as const satisfies Record<string, Words & { readonly next: Words }>

export type FetchFailureCode = keyof typeof fetchFailures

/** A page could not be fetched. `code` never changes; `status` and `retryAfterSeconds` are there when the server said them. */
export class FetchFailure extends Error {
  override name = 'FetchFailure'
  readonly code: FetchFailureCode
  readonly facts: Readonly<Record<string, string | number>>
  readonly status: number | undefined
  readonly retryAfterSeconds: number | undefined
  constructor(
    code: FetchFailureCode,
    facts: Readonly<Record<string, string | number>> = {},
    said: { readonly status?: number; readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(`${code}: ${fetchFailures[code].en.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole))}`)
    this.code = code
    this.facts = facts
    this.status = said.status
    this.retryAfterSeconds = said.retryAfterSeconds
  }
}
