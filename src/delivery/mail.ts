import { connect, type Socket } from 'node:net'
import { createTransport } from 'nodemailer'
import type { Letter, Outcome } from './outbox.ts'
import { linkTo, readSettings } from './settings.ts'
import { sentences } from './templates.ts'

/** Sends a mail. It says what waits where, and never what was posted; the rest is read after signing in. */
export async function sendMail(letter: Letter, signal: AbortSignal): Promise<Outcome> {
  const settings = readSettings()
  if (!settings.SMTP_URL) return { sent: false, problem: 'not_configured' }
  if (!letter.email) return { sent: false, problem: 'no_address', final: true }
  const { zh, en } = sentences(letter.kind, letter.facts)
  const link = linkTo(letter.path, settings)
  const line: { socket?: Socket } = {}
  const cut = () => void line.socket?.destroy(new Error('deadline'))
  signal.addEventListener('abort', cut, { once: true })
  try {
    const transport = createTransport({
      url: settings.SMTP_URL,
      getSocket: dial(line),
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
    } as object)
    const { response } = await transport.sendMail({
      from: settings.SMTP_FROM,
      to: letter.email,
      subject: `【安澜】${zh}`,
      text: `${zh}。\n${en}.\n\n${link}\n`,
      messageId: `<${letter.key}@anlan>`,
      headers: { 'x-anlan-key': letter.key, 'auto-submitted': 'auto-generated' },
    })
    return { sent: true, said: response?.slice(0, 3) ?? 'accepted' }
  } catch (error) {
    return failureOf(error, signal.aborted)
  } finally {
    signal.removeEventListener('abort', cut)
    line.socket?.destroy()
  }
}

type Answer = (error: Error | null, socket?: { connection: Socket }) => void

/** Opens the line itself, so that it can be cut whatever the other side does, also by dripping. */
const dial =
  (line: { socket?: Socket }) =>
  ({ host, port, secure }: { host?: string; port?: number; secure?: boolean }, answer: Answer): void => {
    const socket = connect({ host: host ?? 'localhost', port: Number(port) || (secure ? 465 : 587) })
    line.socket = socket
    socket.setTimeout(10_000, () => socket.destroy(Object.assign(new Error('connect'), { code: 'ETIMEDOUT' })))
    const refuse = (error: Error) => answer(error)
    socket.once('error', refuse)
    socket.once('connect', () => {
      socket.off('error', refuse)
      socket.setTimeout(0)
      answer(null, { connection: socket })
    })
  }

/**
 * What a failure means. Only what is wrong with the address itself is final; whatever is wrong with the server (sign-in 535 and 530,
 * 4xx, relaying, a full disk) may be put right, and the mail is tried again for two days. The server's own words may name the address,
 * so only codes are kept.
 */
export function failureOf(error: unknown, late: boolean): Outcome {
  const {
    code,
    responseCode,
    response = '',
    command = '',
  } = error as {
    code?: string
    responseCode?: number
    response?: string
    command?: string
  }
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]
  const problem = late ? 'deadline' : [code, responseCode, enhanced].filter(Boolean).join(' ') || 'failed'
  const refused = command.startsWith('RCPT') && (responseCode ?? 0) >= 500
  const unknown = enhanced
    ? /^5\.1\.(1|2|3|6|10)$/.test(enhanced)
    : /user unknown|unknown (user|recipient)|no such (user|recipient|mailbox)|does not exist|mailbox (not found|unavailable)|invalid (recipient|mailbox|address)/i.test(
        response,
      )
  return { sent: false, problem, final: refused && unknown }
}
