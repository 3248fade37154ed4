import type { Output } from '../asks.ts'
import { useText } from '../i18n/index.ts'

type People = Output<'access.demo_people'>['people']
const tiers = ['headquarters', 'region', 'branch', 'several'] as const

/** The seeded people, by tier: one press and one is that person. */
export function DemoPeople(props: { people: People; password: string | null; busy: string; choose: (login: string) => void }) {
  const { t } = useText()
  const groups = [...tiers, ''].map((tier) => ({
    tier,
    people: props.people.filter((person) => (tier ? person.tier === tier : !(tiers as readonly string[]).includes(person.tier))),
  }))
  return (
    <section className="demo-people" aria-label={t('access:sign_in.demo_title')}>
      <header>
        <h2>{t('access:sign_in.demo_title')}</h2>
        <p className="quiet">
          {props.password ? (
            <>
              {t('access:sign_in.demo_hint')} <code>{props.password}</code>
            </>
          ) : (
            t('access:sign_in.demo_hint_plain')
          )}
        </p>
      </header>
      {groups.map(({ tier, people }) =>
        people.length === 0 ? null : (
          <div key={tier} className="demo-group">
            <h3>{t(tier ? `common:tier.${tier as (typeof tiers)[number]}` : 'common:tier.none')}</h3>
            <ul>
              {people.map((person) => (
                <li key={person.login}>
                  <button
                    type="button"
                    disabled={props.busy !== ''}
                    aria-busy={props.busy === person.login}
                    onClick={() => props.choose(person.login)}
                  >
                    <span className="clip">
                      <strong>{person.name}</strong> <span className="soft">{person.title}</span>
                    </span>
                    <span className="quiet demo-where">
                      <span className="clip">{person.unit}</span>
                      <code>{person.login}</code>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ),
      )}
    </section>
  )
}
