import { ExportOutlined } from '@ant-design/icons'
import { Link, useParams } from 'react-router'
import { type Output, useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { cut } from '../../../web/kit/cut.ts'
import { Count } from '../../../web/kit/Figure.tsx'
import { categories, sentiments, triages } from '../../../web/kit/labels.ts'
import { Facts, Page, Panel } from '../../../web/kit/Page.tsx'
import { PostText } from '../../../web/kit/PostText.tsx'
import { Answer } from '../../../web/kit/states.tsx'
import { ExactTime, TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { DemoTag, PlatformTag } from '../../../web/kit/tags.tsx'
import { JudgementPanel } from './JudgementPanel.tsx'
import { CaseOfMention } from './OpenCasePanel.tsx'

export type MentionDetail = Output<'monitoring.get_mention'>

/** One mention: the whole text, why it was judged so, and what may be done about it. */
export default function MentionPage() {
  const { t } = useText()
  const id = Number(useParams().id)
  const asked = useAsk('monitoring.get_mention', { id })
  return (
    <Page
      title={nameOf(asked.data) || t('monitoring:mention.title')}
      aside={asked.data?.demo ? <DemoTag /> : undefined}
      lead={<Link to="/monitoring">{t('monitoring:stream.title')}</Link>}
    >
      <Answer of={asked}>
        {(mention) => (
          <div className="grid grid-main">
            <div>
              <TextPanel mention={mention} />
              <RepeatsPanel mention={mention} />
              <WordingsPanel mention={mention} />
              <CorrectionsPanel mention={mention} />
            </div>
            <div>
              <JudgementPanel key={mention.id} mention={mention} />
              <CaseOfMention mention={mention} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

const nameOf = (mention: MentionDetail | undefined) => mention && cut((mention.title || mention.text).trim(), 60)

function TextPanel({ mention }: { mention: MentionDetail }) {
  const { t } = useText()
  const { likes, comments, shares, followers } = mention.engagement
  return (
    <Panel className="reading">
      <PostText post={mention} />
      <div className="reading-foot">
        <Facts
          rows={[
            [t('monitoring:stream.for_unit'), <Units key="units" mention={mention} />],
            [
              t('monitoring:mention.engagement'),
              <span key="engagement" className="row num">
                <span>{t('monitoring:mention.likes', { count: likes })}</span>
                <span>{t('monitoring:mention.comments', { count: comments })}</span>
                <span>{t('monitoring:mention.shares', { count: shares })}</span>
                {followers > 0 ? <span>{t('monitoring:mention.followers', { count: followers.toLocaleString() })}</span> : null}
              </span>,
            ],
            [
              t('monitoring:mention.rules'),
              mention.rules.length > 0 ? mention.rules.join('、') : t('monitoring:mention.no_rules'),
            ],
            [t('monitoring:mention.source'), mention.source ?? t('monitoring:mention.no_source')],
            [t('monitoring:mention.published'), <ExactTime key="published" at={mention.publishedAt} />],
            [t('monitoring:mention.taken_in'), <ExactTime key="taken" at={mention.takenInAt} />],
          ]}
        />
      </div>
    </Panel>
  )
}

/** The unit of this mention, and those of its siblings that the person may see. */
function Units({ mention }: { mention: MentionDetail }) {
  return (
    <span className="row">
      <Link to={`/monitoring?unitId=${mention.unit.id}`}>{mention.unit.name}</Link>
      {mention.siblings.map((sibling) => (
        <Link key={sibling.id} to={`/monitoring/${sibling.id}`}>
          {sibling.unit.name}
        </Link>
      ))}
    </span>
  )
}

function RepeatsPanel({ mention }: { mention: MentionDetail }) {
  const { t } = useText()
  if (mention.repeats.length === 0) return null
  return (
    <Panel
      title={t('monitoring:mention.repeats')}
      aside={t('monitoring:mention.repeats_count', { count: mention.heat - 1 })}
      flush
    >
      <ul className="lines">
        {mention.repeats.map((repeat) => (
          <li key={repeat.postId} className="row">
            <PlatformTag value={repeat.platform} />
            <span className="clip">{repeat.author || t('common:state.unknown')}</span>
            <span className="push quiet row">
              <TimeAgo at={repeat.publishedAt} />
              {repeat.url && /^https?:/.test(repeat.url) ? (
                <a href={repeat.url} target="_blank" rel="noopener noreferrer nofollow" aria-label={t('common:post.original')}>
                  <ExportOutlined />
                </a>
              ) : null}
            </span>
          </li>
        ))}
        {mention.heat - 1 > mention.repeats.length ? (
          <li className="quiet num">
            … <Count value={mention.heat - 1 - mention.repeats.length} />
          </li>
        ) : null}
      </ul>
    </Panel>
  )
}

/** A post that was edited: each earlier wording, newest first. */
function WordingsPanel({ mention }: { mention: MentionDetail }) {
  const { t } = useText()
  if (mention.wordings.length === 0) return null
  return (
    <Panel title={t('monitoring:mention.wordings')} flush>
      <ul className="lines">
        {mention.wordings.map((one) => (
          <li key={one.at}>
            <span className="quiet">
              {t('monitoring:mention.wording_until', { severity: one.severity })} <TimeAgo at={one.at} />
            </span>
            {one.title ? <p>{one.title}</p> : null}
            <p className="soft">{cut(one.text, 2000)}</p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function CorrectionsPanel({ mention }: { mention: MentionDetail }) {
  const { t } = useText()
  const { name, value } = useFieldWords()
  if (mention.corrections.length === 0) return null
  return (
    <Panel title={t('monitoring:mention.corrections')} flush>
      <ul className="lines">
        {mention.corrections.map((one) => (
          <li key={`${one.at}${one.field}`} className="row">
            <span>{one.person}</span>
            <span className="soft">
              {t('monitoring:mention.correction', {
                field: name(one.field),
                from: value(one.field, one.from),
                to: value(one.field, one.to),
              })}
            </span>
            <span className="push quiet">
              <TimeAgo at={one.at} />
            </span>
            {one.reason ? <p className="cell-sub full">{one.reason}</p> : null}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const fields = ['sentiment', 'category', 'severity', 'triage', 'units'] as const

/** The name and the values of a corrected field in words; what has none is shown as it is. */
function useFieldWords() {
  const { t } = useText()
  const among = <V extends string>(all: readonly V[], value: string, say: (one: V) => string) => {
    const known = all.find((one) => one === value)
    return known ? say(known) : value
  }
  const name = (field: string) => among(fields, field, (one) => t(`monitoring:field.${one}`))
  const value = (field: string, of: string) => {
    if (field === 'severity') return among(['0', '1', '2', '3', '4'], of, (one) => t(`common:severity.${one}`))
    if (field === 'sentiment') return among(sentiments, of, (one) => t(`common:sentiment.${one}`))
    if (field === 'category') return among(categories, of, (one) => t(`common:category.${one}`))
    return among(triages, of, (one) => t(`common:triage.${one}`))
  }
  return { name, value }
}
