import { useText } from '../../../web/i18n/index.ts'
import { Facts } from '../../../web/kit/Page.tsx'

/** What a sender must send, exactly, and a few lines that do it. src/monitoring/webhook.ts checks it. */
export function WebhookHelp({ sourceId }: { sourceId: number }) {
  const { t } = useText()
  const address = `${location.origin}/intake/${sourceId}`
  return (
    <section className="stack" aria-label={t('monitoring:sources.signing')}>
      <h3>{t('monitoring:sources.signing')}</h3>
      <Facts
        rows={[
          [t('monitoring:sources.webhook_url'), <code key="address">POST {address}</code>],
          ['x-anlan-timestamp', t('monitoring:sources.signing_timestamp')],
          ['x-anlan-signature', t('monitoring:sources.signing_signature')],
          [t('monitoring:sources.signing_body'), t('monitoring:sources.signing_body_hint')],
        ]}
      />
      <pre className="code">{`SECRET=…
BODY='[{"id":"1","text":"…","url":"https://…","published_at":"2026-11-20 09:12"}]'
T=$(date +%s)
S=$(printf '%s.%s' "$T" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')
curl ${address} -H 'content-type: application/json' \\
  -H "x-anlan-timestamp: $T" -H "x-anlan-signature: sha256=$S" --data-raw "$BODY"`}</pre>
      <pre className="code">{`# Python
t = str(int(time.time()))
s = hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha256).hexdigest()
requests.post(url, data=body, headers={"content-type": "application/json",
    "x-anlan-timestamp": t, "x-anlan-signature": "sha256=" + s})`}</pre>
      <p className="quiet small">{t('monitoring:sources.signing_again')}</p>
    </section>
  )
}
