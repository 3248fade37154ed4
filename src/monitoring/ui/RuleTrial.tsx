import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { type Output, useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { Highlight } from '../../../web/kit/Highlight.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'

type Trial = Output<'monitoring.check_rule'>

/** What a rule would find in the last days, asked when the writing pauses. */
export function RuleTrial({ expression }: { expression: string }) {
  const { t } = useText()
  const days = 7
  const settled = useSettled(expression.trim(), 400)
  const asked = useAsk('monitoring.check_rule', { expression: settled, days }, { enabled: settled !== '', keep: true })
  const trial = settled === '' ? undefined : asked.data
  return (
    <section className="trial" aria-live="polite" aria-label={t('monitoring:rules.try_title')}>
      <ErrorLine error={settled === '' ? undefined : asked.error} />
      {trial?.fault ? <Fault expression={settled} fault={trial.fault} /> : null}
      {trial && !trial.fault ? (
        <>
          <p className="soft num">
            {trial.matched === 0
              ? t('monitoring:rules.try_none', { days })
              : t('monitoring:rules.tried', { days, examined: trial.examined, matched: trial.matched })}
          </p>
          <p className="quiet">{t('monitoring:rules.from_now')}</p>
          <ul>
            {trial.examples.map((example) => (
              <Example key={example.id} example={example} />
            ))}
          </ul>
        </>
      ) : null}
      {settled !== '' && asked.isPending ? <p className="quiet">{t('monitoring:rules.trying')}</p> : null}
      <Pitfalls expression={settled} />
      <Help open={settled === ''} />
    </section>
  )
}

/** Marks that Chinese typing brings in and that do not mean what they seem to. */
function Pitfalls({ expression }: { expression: string }) {
  const { t } = useText()
  const outside = expression.replace(/"[^"]*"|“[^”]*”/g, '')
  const found = [
    /[，、；;,]/.test(outside) && ('monitoring:rules.pitfall_comma' as const),
    /标题$|正文$|作者$/.test(outside.trim()) && ('monitoring:rules.pitfall_field' as const),
  ].filter((one) => one !== false)
  return found.map((key) => (
    <p key={key} className="form-error" role="status">
      {t(key)}
    </p>
  ))
}

/** The expression again, with the place of the fault marked and its reason below. */
function Fault({ expression, fault }: { expression: string; fault: NonNullable<Trial['fault']> }) {
  const { t, say } = useText()
  const at = Math.min(fault.position, expression.length)
  return (
    <div className="fault" role="alert">
      <code>
        {expression.slice(0, at)}
        <em>{expression.slice(at, at + 1) || '\u00a0'}</em>
        {expression.slice(at + 1)}
      </code>
      <p>
        <span className="num">{t('monitoring:rules.fault_at', { position: at + 1 })}</span> · {say(fault)}
      </p>
    </div>
  )
}

function Example({ example }: { example: Trial['examples'][number] }) {
  const spans = (...fields: string[]) => example.spans.filter((span) => fields.includes(span.field))
  return (
    <li>
      <Link to={`/monitoring/${example.id}`} target="_blank" className="two-lines">
        {example.title ? (
          <strong>
            <Highlight text={example.title} spans={spans('title')} />{' '}
          </strong>
        ) : null}
        <Highlight text={example.excerpt} spans={spans('excerpt', 'text')} />
      </Link>
    </li>
  )
}

const help = ['and', 'or', 'not', 'group', 'phrase', 'field', 'near'] as const

/** How rules are written, at hand while one writes. */
function Help({ open }: { open: boolean }) {
  const { t } = useText()
  return (
    <>
      {open ? <p className="soft">{t('monitoring:rules.try_hint')}</p> : null}
      <p className="sub-head">{t('monitoring:rules.help')}</p>
      <ul className="reasons">
        {help.map((key) => (
          <li key={key}>{t(`monitoring:rules.help_${key}`)}</li>
        ))}
      </ul>
    </>
  )
}

function useSettled(value: string, delayMs: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs)
    return () => clearTimeout(timer)
  }, [value, delayMs])
  return settled
}
