import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAsk, useDo } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { Answer, Empty, ErrorLine } from '../../../web/kit/states.tsx'
import { StateTag } from '../../../web/kit/tags.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { GrantTable } from './GrantTable.tsx'
import { PersonSessions } from './PersonSessions.tsx'
import { RightName } from './RightName.tsx'

const GrantForm = lazy(() => import('./GrantForm.tsx'))
type Detail = Output<'access.get_person'>

/** A person: what they may do, where, and through which grant. */
export default function PersonPage() {
  const { t } = useText()
  const id = Number(useParams().id)
  const asked = useAsk('access.get_person', { id })
  const [granting, setGranting] = useState(false)
  const setActive = useDo('access.set_active', {
    onDone: ({ active }) => tell(t(active ? 'access:person.activated' : 'access:person.deactivated')),
  })
  const detail = asked.data
  const person = detail?.person
  return (
    <Page
      title={person?.name ?? t('access:person.title')}
      aside={person && !person.active ? <StateTag tone="off">{t('access:units.inactive')}</StateTag> : undefined}
      lead={
        <span className="row">
          <Link to="/access">{t('access:units.title')}</Link>
          {person ? (
            <>
              <span>{person.title}</span>
              <Link to={`/access?unitId=${person.unit.id}`}>{person.unit.name}</Link>
              <code className="quiet">{person.login}</code>
            </>
          ) : null}
        </span>
      }
      actions={
        detail && person ? (
          <>
            {detail.abilities.deactivate ? (
              <ConfirmButton
                {...(person.active
                  ? {
                      question: t('access:person.deactivate_question', { name: person.name }),
                      detail: t('access:person.deactivate_detail'),
                      danger: true,
                    }
                  : {})}
                act={() => setActive.mutateAsync({ id, active: !person.active })}
              >
                {t(person.active ? 'access:person.deactivate' : 'access:person.activate')}
              </ConfirmButton>
            ) : null}
            {detail.abilities.grant ? (
              <Button type="primary" onClick={() => setGranting(true)}>
                {t('access:person.grant')}
              </Button>
            ) : null}
          </>
        ) : undefined
      }
    >
      <ErrorLine error={setActive.error} />
      <Answer of={asked}>
        {(data) => (
          <>
            <Panel title={t('access:person.grants')} flush>
              <GrantTable grants={data.grants} />
            </Panel>
            <RightsPanel rights={data.rights} />
            {data.abilities.deactivate ? <PersonSessions id={id} /> : null}
            {granting ? (
              <Suspense>
                <GrantForm person={data.person} onClose={() => setGranting(false)} />
              </Suspense>
            ) : null}
          </>
        )}
      </Answer>
    </Page>
  )
}

function RightsPanel({ rights }: { rights: Detail['rights'] }) {
  const { t, language } = useText()
  const columns: Column<Detail['rights'][number]>[] = [
    {
      key: 'right',
      title: t('access:person.right'),
      width: 230,
      card: 'head',
      render: (held) => <RightName right={held.right} />,
    },
    {
      key: 'where',
      title: t('access:person.where'),
      render: (held) => (
        <span className="row row-tight">
          <span className="quiet">{t(`common:tier.${held.tier}`)}</span>
          {held.units.map((unit) => (
            <span key={unit.id}>{unit.name}</span>
          ))}
        </span>
      ),
    },
    {
      key: 'because',
      title: t('access:person.because'),
      render: (held) => (
        <ul>
          {held.because.map((why) => (
            <li key={why.grantId} className="soft">
              {t('access:person.because_one', { role: language === 'zh' ? why.role : why.roleEn, unit: why.unit })}
            </li>
          ))}
        </ul>
      ),
    },
  ]
  return (
    <Panel
      title={t('access:person.rights')}
      aside={<span className="quiet small wide-only">{t('access:person.rights_hint')}</span>}
      flush
    >
      <DataTable
        label={t('access:person.rights')}
        columns={columns}
        rows={rights}
        rowKey={(held) => held.right}
        empty={<Empty title={t('access:person.no_rights')} />}
      />
    </Panel>
  )
}
