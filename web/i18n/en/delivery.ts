import type { Same } from '../same.ts'
import type { zh } from '../zh/index.ts'

export const delivery: Same<typeof zh.delivery> = {
  title: 'Outgoing notices',
  lead: 'Beside the bell, alerts can go to mail and to other systems; they carry number and severity, never the post.',
  mail: 'Mail',
  mail_on: 'Configured, sent from {{from}}',
  mail_off: 'Not configured. A system administrator sets SMTP and restarts the service.',
  webhooks: 'Webhooks',
  add: 'New webhook',
  edit: 'Change webhook',
  name: 'Name',
  url: 'Address',
  unit: 'Unit',
  unit_hint: 'Alerts of this unit and all below it are sent here.',
  min_severity: 'Least severity',
  enabled: 'On',
  disabled: 'Off',
  state: 'State',
  last: 'Last sent',
  never: 'Never',
  outcome: 'Result',
  failures: 'Failed {{count}} times in a row',
  empty: 'No webhooks yet',
  empty_hint: 'Alerts can be pushed to an office system or a duty chat.',
  saved: 'Webhook saved',
  removed: 'Webhook deleted',
  remove_question: 'Delete the webhook “{{name}}”?',
  secret: 'Signing secret',
  secret_hint:
    'It is shown only this once: keep it safe now. The receiver checks the signature of the body with it (HMAC-SHA256).',
}
