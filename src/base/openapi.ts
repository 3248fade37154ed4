import { z } from 'zod'
import type { Contract } from './contract.ts'
import { errorCatalogue } from './error.ts'

interface Room {
  readonly asks: Contract
}

const entriesOf = (rooms: readonly Room[]) => rooms.flatMap(({ asks }) => Object.entries(asks))
// A page of an older program may send fields that are gone, so input schemas say what is read, not what is refused.
const schema = (of: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(of, { io, target: 'draft-2020-12', unrepresentable: 'any' })

/** The OpenAPI 3.1 document of every ask, from the same contract that types the client. */
export function openApi(rooms: readonly Room[], origin: string): object {
  const paths = entriesOf(rooms).map(([name, ask]) => {
    const operation = {
      operationId: name,
      tags: [name.split('.')[0]],
      summary: `${ask.summary.zh} · ${ask.summary.en}`,
      ...(ask.right === null ? { security: [] } : { description: `需要权限 / right: \`${ask.right}\`` }),
      'x-anlan-right': ask.right,
      'x-anlan-writes': ask.writes === true,
      requestBody: { required: true, content: { 'application/json': { schema: schema(ask.input, 'input') } } },
      responses: {
        200: { description: 'OK', content: { 'application/json': { schema: schema(ask.output, 'output') } } },
        default: { $ref: '#/components/responses/Error' },
      },
    }
    return [`/api/${name}`, { post: operation }] as const
  })
  const words = { type: 'object', required: ['zh', 'en'], properties: { zh: { type: 'string' }, en: { type: 'string' } } }
  const error = {
    type: 'object',
    required: ['code', 'zh', 'en', 'next', 'trace'],
    properties: {
      code: { enum: errorCatalogue().map(({ code }) => code) },
      zh: { type: 'string' },
      en: { type: 'string' },
      next: words,
      fields: { type: 'array', items: { ...words, properties: { ...words.properties, path: { type: 'string' } } } },
      trace: { type: 'string' },
    },
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '安澜 Anlan',
      version: '0.1.0',
      description: '每个能力一个名字:`POST /api/<room>.<verb_noun>`。One name for each ability.',
    },
    servers: [{ url: origin }],
    security: [{ session: [] }, { bearer: [] }],
    tags: rooms.map(({ asks }) => ({ name: Object.keys(asks)[0]?.split('.')[0] })),
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'anlan_session' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Error: { type: 'object', required: ['error'], properties: { error } } },
      responses: {
        Error: {
          description: '错误目录 / error catalogue',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  }
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`)

/** The same as a page to read: every ask with its right and fields, and every error with what to do. */
export function openApiPage(rooms: readonly Room[]): string {
  const asks = entriesOf(rooms).map(([name, ask]) => {
    const fields = (of: z.ZodType, io: 'input' | 'output') => `<pre>${escapeHtml(JSON.stringify(schema(of, io), null, 1))}</pre>`
    const title = `<code>POST /api/${name}</code> ${escapeHtml(ask.summary.zh)} <small>${escapeHtml(ask.summary.en)} · ${ask.right ?? '—'}</small>`
    return `<details id="${name}"><summary>${title}</summary><h4>输入 Input</h4>${fields(ask.input, 'input')}<h4>输出 Output</h4>${fields(ask.output, 'output')}</details>`
  })
  const errors = errorCatalogue().map(
    ({ code, status, zh, en, next }) =>
      `<tr><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(zh)}<br><small>${escapeHtml(en)}</small></td><td>${escapeHtml(next.zh)}<br><small>${escapeHtml(next.en)}</small></td></tr>`,
  )
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="/mark.svg"><title>安澜接口 Anlan API</title>
<style>:root{color-scheme:light dark}body{font:14px/1.65 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
summary{padding:.35rem 0;cursor:pointer}details{border-bottom:1px solid #8884}pre{overflow:auto;max-height:24rem;background:#8881;padding:.75rem;border-radius:4px;font-size:12px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid #8884}small{opacity:.7}</style>
<h1>安澜接口 <small>Anlan API</small></h1><p>OpenAPI 3.1：<a href="/api/openapi.json">/api/openapi.json</a>。登录后的会话 Cookie 或 Bearer 令牌均可；使用 Cookie 时需带请求头 <code>x-anlan-csrf: 1</code>。
<br><small>A session cookie (with the header <code>x-anlan-csrf: 1</code>) or a bearer token.</small></p>${asks.join('\n')}
<h2>错误目录 <small>Errors</small></h2><table><tr><th>代码 Code</th><th>HTTP</th><th>含义 Meaning</th><th>怎么办 Next</th></tr>${errors.join('\n')}</table></html>`
}
