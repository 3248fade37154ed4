import { createContext, useContext } from 'react'
import type { Output } from './asks.ts'

export type Me = Output<'access.me'>
const Context = createContext<Me | undefined>(undefined)
export const MeProvider = Context.Provider

/** Who is signed in. Pages exist only inside a session. */
export function useMe(): Me {
  const me = useContext(Context)
  if (!me) throw new Error('a page outside a session')
  return me
}
