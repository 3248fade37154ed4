import { createTransport, type Transporter } from 'nodemailer'
import type { Letter, Outcome } from './outbox.ts'
import { linkTo, readSettings } from './settings.ts'
import { sentences } from './templates.ts'

const transports = new Map<string, Transporter>()

/** One transport a server; it keeps its connections. */
function transportTo(url: string): Transporter {
  const open = transports.get(url)
  if (open) return open
  const made = createTransport(url, { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 } as object)
  transports.set(url, made)
  return made
}

/** Sends a mail. It says what waits where, and never what was posted; the rest is read after signing in. */
export async function sendMail(letter: Letter): Promise<Outcome> {
  const settings = readSettings()
  if (!settings.SMTP_URL) return { sent: false, problem: 'not_configured', final: true }
  if (!letter.email) return { sent: false, problem: 'no_address', final: true }
  const { zh, en } = sentences(letter.kind, letter.facts)
  const link = linkTo(letter.path, settings)
  try {
    const { response } = await transportTo(settings.SMTP_URL).sendMail({
      from: settings.SMTP_FROM,
      to: letter.email,
      subject: `【安澜】${zh}`,
      text: `${zh}。\n${en}.\n\n${link}\n`,
      messageId: `<${letter.key}@anlan>`,
      headers: { 'x-anlan-key': letter.key, 'auto-submitted': 'auto-generated' },
    })
    return { sent: true, said: response?.slice(0, 3) ?? 'accepted' }
  } catch (error) {
    // The server's own words may name the address, so only the codes are kept.
    const { code, responseCode } = error as { code?: string; responseCode?: number }
    return { sent: false, problem: [code, responseCode].filter(Boolean).join(' ') || 'failed', final: (responseCode ?? 0) >= 500 }
  }
}
