import { z } from 'zod'
import { type Findings, openFile } from './group-fault.ts'

export { type FileFault, GroupFault } from './group-fault.ts'

const longestCode = 64
const Code = z
  .string()
  .min(1)
  .max(longestCode)
  .regex(/^[a-z0-9][a-z0-9_.-]*$/)
const Name = z.string().min(1).max(120)

const Unit = z.strictObject({
  code: Code,
  name: Name,
  kind: z.enum(['headquarters', 'region', 'branch']),
  parent: z.string().nullable(),
  /** Other names under which the public speaks of this unit. */
  aliases: z.array(Name).default([]),
  city: Name.exactOptional(),
  campus: Name.exactOptional(),
  doctors: z.array(z.strictObject({ name: Name, department: Name })).default([]),
})

const Department = z.strictObject({
  code: Code,
  name: Name,
  /** Which units have it: kinds of units or codes of single ones. Its own code is then `<unit>.<department>`. */
  in: z.array(z.string().min(1)).min(1),
})

const GroupShape = z.strictObject({
  name: Name,
  note: z.string().exactOptional(),
  /** The word that all units' names share. */
  brand: Name.exactOptional(),
  units: z.array(Unit).min(1),
  departments: z.array(Department).default([]),
})

/** The units of a group: `demo/group.json` is an example. */
export type GroupFile = z.output<typeof GroupShape>
export type FileUnit = GroupFile['units'][number]

/**
 * Reads a group file from a path, or from its text. Throws a `GroupFault` that names every fault with line and column.
 */
export function readGroupFile(file: string): GroupFile {
  const findings = openFile(file)
  findings.addShape(GroupShape)
  checkTree(findings)
  findings.refuse()
  return GroupShape.parse(findings.json.value)
}

interface Loose {
  readonly code?: unknown
  readonly name?: unknown
  readonly kind?: unknown
  readonly parent?: unknown
  readonly aliases?: unknown
  readonly in?: unknown
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const objectsOf = (value: unknown): Loose[] =>
  listOf(value).map((entry) => (typeof entry === 'object' && entry !== null ? (entry as Loose) : {}))

/** The kind of unit under which each kind stands. */
const above: Readonly<Record<string, string | null>> = { headquarters: null, region: 'headquarters', branch: 'region' }

/** Looks at what no single field shows: the tree and names that stand for two units. Copes with fields of the wrong type. */
function checkTree(findings: Findings): void {
  const file = findings.json.value as { units?: unknown; departments?: unknown } | null
  if (!Array.isArray(file?.units)) return
  const units = objectsOf(file?.units)
  const byCode = new Map<unknown, Loose>()
  for (const [at, unit] of units.entries()) {
    if (typeof unit.code !== 'string') continue
    if (byCode.has(unit.code))
      findings.add(
        ['units', at, 'code'],
        'repeated_code',
        `编码“${unit.code}”已被使用`,
        `the code “${unit.code}” is taken by a unit above`,
      )
    else byCode.set(unit.code, unit)
  }
  for (const [at, unit] of units.entries()) checkPlace(findings, unit, at, byCode)
  checkHeadquarters(findings, units)
  checkNames(findings, units)
  checkDepartments(findings, objectsOf(file?.departments), byCode)
}

function checkPlace(findings: Findings, unit: Loose, at: number, byCode: ReadonlyMap<unknown, Loose>): void {
  const path = ['units', at, 'parent']
  const wanted = above[String(unit.kind)]
  if (wanted === undefined || (unit.parent !== null && typeof unit.parent !== 'string')) return
  if (wanted === null) {
    if (unit.parent !== null) findings.add(path, 'wrong_parent', '总部没有上级', 'headquarters stands under nothing')
    return
  }
  if (unit.parent === null) {
    findings.add(path, 'missing_parent', '区域和分支必须有上级', 'a region or a branch stands under another unit')
    return
  }
  const parent = byCode.get(unit.parent)
  if (!parent) {
    findings.add(path, 'unknown_parent', `没有编码为“${unit.parent}”的机构`, `there is no unit with the code “${unit.parent}”`)
    return
  }
  const circle = circleThrough(unit, byCode)
  if (circle)
    findings.add(path, 'cycle', `上下级成环：${circle.join(' → ')}`, `these stand under each other: ${circle.join(' → ')}`)
  else if (String(parent.kind) in above && parent.kind !== wanted)
    findings.add(
      path,
      'wrong_parent',
      `${chinese[String(unit.kind)]}的上级应为${chinese[wanted]}，“${unit.parent}”是${chinese[String(parent.kind)]}`,
      `a ${unit.kind} stands under a ${wanted}; “${unit.parent}” is a ${parent.kind}`,
    )
}

const chinese: Readonly<Record<string, string>> = { headquarters: '总部', region: '区域', branch: '分支' }

function circleThrough(unit: Loose, byCode: ReadonlyMap<unknown, Loose>): string[] | null {
  const way = [String(unit.code)]
  for (let above = byCode.get(unit.parent); above && way.length <= byCode.size; above = byCode.get(above.parent)) {
    way.push(String(above.code))
    if (above.code === unit.code) return way
  }
  return null
}

function checkHeadquarters(findings: Findings, units: readonly Loose[]): void {
  const found = [...units.entries()].filter(([, unit]) => unit.kind === 'headquarters')
  if (found.length === 0) findings.add(['units'], 'no_headquarters', '没有总部', 'there is no headquarters')
  for (const [at] of found.slice(1))
    findings.add(['units', at, 'kind'], 'two_headquarters', '总部只能有一个', 'there is only one headquarters')
}

function checkNames(findings: Findings, units: readonly Loose[]): void {
  const owners = new Map<string, Loose>()
  for (const unit of units) if (typeof unit.name === 'string' && !owners.has(unit.name)) owners.set(unit.name, unit)
  for (const [at, unit] of units.entries()) {
    if (typeof unit.name === 'string' && owners.get(unit.name) !== unit)
      findings.add(
        ['units', at, 'name'],
        'repeated_name',
        `名称“${unit.name}”已被使用`,
        `the name “${unit.name}” is taken by another unit`,
      )
    for (const [nth, alias] of listOf(unit.aliases).entries()) {
      if (typeof alias !== 'string') continue
      const owner = owners.get(alias)
      if (owner === undefined) owners.set(alias, unit)
      else if (owner !== unit)
        findings.add(
          ['units', at, 'aliases', nth],
          'repeated_alias',
          `“${alias}”已指“${String(owner.name)}”，不能再指别的机构`,
          `“${alias}” already stands for “${String(owner.name)}”`,
        )
    }
  }
}

function checkDepartments(findings: Findings, departments: readonly Loose[], byCode: ReadonlyMap<unknown, Loose>): void {
  const codes = new Set<unknown>()
  const taken = new Set<unknown>(byCode.keys())
  for (const [at, department] of departments.entries()) {
    if (typeof department.code === 'string' && codes.has(department.code))
      findings.add(
        ['departments', at, 'code'],
        'repeated_code',
        `科室编码“${department.code}”重复`,
        `the department “${department.code}” stands here a second time`,
      )
    else checkWholeCodes(findings, department, at, byCode, taken)
    codes.add(department.code)
    for (const [nth, where] of listOf(department.in).entries())
      if (typeof where === 'string' && !(where in above) && !byCode.has(where))
        findings.add(
          ['departments', at, 'in', nth],
          'unknown_unit',
          `“${where}”不是机构类别，也不是机构编码`,
          `“${where}” is neither a kind nor the code of a unit`,
        )
  }
}

/** In each unit that has it a department has a code of its own: nobody else's, and no longer than others. */
function checkWholeCodes(
  findings: Findings,
  department: Loose,
  at: number,
  byCode: ReadonlyMap<unknown, Loose>,
  taken: Set<unknown>,
): void {
  if (typeof department.code !== 'string') return
  const where = listOf(department.in)
  const having = [...byCode.values()].filter(({ code, kind }) => where.includes(kind) || where.includes(code))
  const codes = having.map(({ code }) => `${code}.${department.code}`)
  const path = ['departments', at, 'code']
  const double = codes.find((code) => taken.has(code))
  if (double) findings.add(path, 'repeated_code', `编码“${double}”已被使用`, `the code “${double}” is taken`)
  const long = codes.find((code) => code.length > longestCode)
  if (long)
    findings.add(
      path,
      'too_long',
      `编码“${long}”过长（最多 ${longestCode}）`,
      `the code “${long}” is too long (at most ${longestCode})`,
    )
  for (const code of codes) taken.add(code)
}
