import { useDo } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { Empty, ErrorLine } from '../../../web/kit/states.tsx'
import { StateTag, type Tone } from '../../../web/kit/tags.tsx'
import { clockOf } from '../../../web/kit/time.ts'
import { tell } from '../../../web/kit/toast.tsx'

type Grant = Output<'access.get_person'>['grants'][number]
const tones: Record<Grant['state'], Tone> = { active: 'active', upcoming: 'waiting', expired: 'off', withdrawn: 'off' }

/** What was granted, by whom, for how long; the ones that count can be withdrawn by those who may. */
export function GrantTable({ grants }: { grants: readonly Grant[] }) {
  const { t, language } = useText()
  const withdraw = useDo('access.withdraw_grant', { onDone: () => tell(t('access:person.withdrawn_done')) })
  const roleName = (grant: Grant) => (language === 'zh' ? grant.role.name : grant.role.nameEn)
  const columns: Column<Grant>[] = [
    {
      key: 'role',
      title: t('access:person.role'),
      width: 170,
      card: 'head',
      render: (grant) => <strong className="row-link">{roleName(grant)}</strong>,
    },
    { key: 'unit', title: t('access:person.unit'), width: 160, card: 'foot', render: (grant) => grant.unit.name },
    {
      key: 'state',
      title: t('access:person.state'),
      width: 110,
      card: 'foot',
      render: (grant) => (
        <>
          <StateTag tone={tones[grant.state]}>{t(`access:person.${grant.state}`)}</StateTag>
          {grant.withdrawnBy ? (
            <p className="cell-sub">{t('access:person.withdrawn_by', { person: grant.withdrawnBy })}</p>
          ) : null}
        </>
      ),
    },
    {
      key: 'valid',
      title: t('access:person.valid'),
      width: 200,
      render: (grant) => (
        <span className="num">
          {grant.validUntil
            ? t('access:person.valid_range', { from: day(grant.validFrom), until: day(grant.validUntil) })
            : t('access:person.valid_open', { from: day(grant.validFrom) })}
        </span>
      ),
    },
    { key: 'reason', title: t('access:person.reason'), render: (grant) => <span className="soft">{grant.reason}</span> },
    { key: 'by', title: t('access:person.granted_by'), width: 92, card: 'pair', render: (grant) => grant.grantedBy ?? '–' },
    {
      key: 'withdraw',
      title: '',
      width: 76,
      align: 'end',
      card: 'foot',
      render: (grant) =>
        grant.abilities.withdraw ? (
          <ConfirmButton
            size="small"
            danger
            question={t('access:person.withdraw_question', { role: roleName(grant) })}
            detail={t('access:person.withdraw_detail')}
            act={() => withdraw.mutateAsync({ id: grant.id })}
          >
            {t('access:person.withdraw')}
          </ConfirmButton>
        ) : null,
    },
  ]
  return (
    <>
      <ErrorLine error={withdraw.error} />
      <DataTable
        label={t('access:person.grants')}
        columns={columns}
        rows={grants}
        rowKey={(grant) => grant.id}
        empty={<Empty title={t('access:person.no_grants')} />}
      />
    </>
  )
}

function day(at: string): string {
  const clock = clockOf(new Date(at))
  return `${clock.year}-${clock.month}-${clock.day}`
}
