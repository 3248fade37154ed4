import { handle } from '../base/serve.ts'
import { delivery } from './contract.ts'
import { listFailed, sendAgain } from './failed.ts'
import { listNotices, markRead } from './notice.ts'
import { deleteWebhook, listWebhooks, rotateSecret, saveWebhook } from './webhook.ts'

export { jobs } from './jobs.ts'
export { emit, type Holders, notify, onDuty, type Telling } from './notify.ts'
export type { Facts, TemplateName } from './templates.ts'

export const served = handle(delivery, {
  'delivery.list_notices': listNotices,
  'delivery.mark_read': markRead,
  'delivery.list_webhooks': listWebhooks,
  'delivery.save_webhook': saveWebhook,
  'delivery.rotate_secret': rotateSecret,
  'delivery.list_failed': listFailed,
  'delivery.send_again': sendAgain,
  'delivery.delete_webhook': deleteWebhook,
})

/** The bell is told by name (`base.announce_person`), so that no right lets anybody else hear it. */
export const topics: Readonly<Record<string, string>> = {}
