import type { Actor, Db } from '../base/db.ts'
import { handle } from '../base/serve.ts'
import { actorCache, loadActor } from './actor.ts'
import { access } from './contract.ts'
import { grantRole, listRoles, setActive, withdrawGrant } from './grant.ts'
import { demoPeople, me } from './me.ts'
import { changePassword } from './password.ts'
import { getPerson, listPeople } from './person.ts'
import {
  endPersonSessions,
  endSessions,
  listPersonSessions,
  listSessions,
  openSessionLookup,
  signIn,
  signOut,
} from './session.ts'
import { listUnits } from './unit.ts'

export { loadActor, unchangedActors } from './actor.ts'
export { accessErrors } from './error.ts'
export { explainRefusal } from './grant.ts'
export { checkGroup, foundGroup, loadGroup, saveRoles } from './group.ts'
export type { Changes } from './group-change.ts'
export { GroupFault, readGroupFile } from './group-file.ts'
export { demoPassword } from './me.ts'
export { hashToken } from './password.ts'
export { rights } from './right.ts'

export const served = handle(access, {
  'access.sign_in': signIn,
  'access.sign_out': signOut,
  'access.me': me,
  'access.demo_people': demoPeople,
  'access.change_password': changePassword,
  'access.list_sessions': listSessions,
  'access.end_sessions': endSessions,
  'access.list_person_sessions': listPersonSessions,
  'access.end_person_sessions': endPersonSessions,
  'access.list_units': listUnits,
  'access.list_people': listPeople,
  'access.get_person': getPerson,
  'access.list_roles': listRoles,
  'access.grant_role': grantRole,
  'access.withdraw_grant': withdrawGrant,
  'access.set_active': setActive,
})

export const topics = { 'access.grant': 'access.read' }

/** Sessions as the server needs them: who a token belongs to, with their rights compiled. */
export function openSessions(db: Db) {
  const lookup = openSessionLookup(db)
  const actors = actorCache((personId) => db.door((tx) => loadActor(tx, personId)))
  return {
    /** `touch` when a person does something, so that the session stays awake. */
    async find(tokenHash: Buffer, touch = true): Promise<Actor | null> {
      const session = await (touch ? lookup.touch(tokenHash) : lookup.look(tokenHash))
      return session && actors.get(session.personId, session.epoch)
    },
    async refresh(tokenHash: Buffer): Promise<Actor | null> {
      const session = await lookup.look(tokenHash)
      return session && actors.reload(session.personId)
    },
  }
}

export type Sessions = ReturnType<typeof openSessions>
