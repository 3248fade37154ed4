import type { Term } from './term.ts'

/** The parts of an item that a rule can look into. */
export type Field = 'title' | 'text' | 'author'
export const FIELDS: readonly Field[] = ['title', 'text', 'author']

/** A parsed rule. Terms are folded; `fields` says where they are looked for. */
export type Node =
  | { readonly kind: 'term'; readonly term: Term; readonly fields: readonly Field[] }
  | { readonly kind: 'and'; readonly nodes: readonly Node[] }
  | { readonly kind: 'or'; readonly nodes: readonly Node[] }
  | { readonly kind: 'not'; readonly node: Node }
  | {
      readonly kind: 'near'
      readonly distance: number
      readonly left: readonly Term[]
      readonly right: readonly Term[]
      readonly fields: readonly Field[]
    }

/** A rule as `parseRule` gives it. */
export interface Rule {
  readonly source: string
  readonly root: Node
}
