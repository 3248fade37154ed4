import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Writes demo/people.json: invented people for the demo group, the same ones at every run.
//   node demo/make-people.ts

interface Unit {
  code: string
  kind: string
  city?: string
}

const here = (name: string) => join(import.meta.dirname, name)
const { units } = JSON.parse(readFileSync(here('group.json'), 'utf8')) as { units: Unit[] }

const families = '林沈顾陆程许江汪温秦裴叶苏钟杜魏简方乔邵童尹岑卓霍柳祝覃莫阮'
const given = [
  ...['书宁', '明远', '思齐', '若楠', '文博', '雨桐', '嘉禾', '景明', '子衿', '清越', '知夏', '云舒', '安然', '承志', '令仪'],
  ...['怀瑾', '佳慧', '志远', '晓岚', '建平', '秀英', '海涛', '丽娟', '国栋', '春燕', '振宇', '慧敏', '永强', '素芬', '家豪'],
  ...['梦瑶', '立群', '婉清', '俊杰', '玉兰', '修远', '采薇', '正阳', '月华', '伟民', '静怡', '学锋', '巧云'],
]
let made = 0
/** A family and a given name stride through their lists at lengths without a common factor, so that names repeat late. */
const nextName = () => {
  const name = `${families[(made * 7) % families.length]}${given[(made * 11 + Math.floor(made / families.length)) % given.length]}`
  made += 1
  return name
}

interface Person {
  login: string
  name: string
  title: string
  unit: string
  email: string
  roles: { role: string; unit: string }[]
}
const people: Person[] = []
function add(login: string, title: string, unit: string, ...roles: [role: string, unit: string][]): void {
  const held = roles.map(([role, where]) => ({ role, unit: where }))
  people.push({ login, name: nextName(), title, unit, email: `${login}@hengchuan.example`, roles: held })
}

add('hq.publicity', '总部宣传处处长', 'hq.publicity', ['publicity', 'hq'])
add('hq.publicity2', '总部舆情主管', 'hq.publicity', ['publicity', 'hq'])
add('hq.reader', '总部办公室秘书', 'hq.office', ['reader', 'hq'])
add('hq.president', '集团总裁', 'hq.office', ['reader', 'hq'])
add('hq.system', '系统管理员', 'hq.information', ['system_administrator', 'hq'])
add('hq.security', '安全管理员', 'hq.information', ['security_administrator', 'hq'])
add('hq.audit', '审计管理员', 'hq.audit', ['audit_administrator', 'hq'])
add('hq.medical', '总部医务处主任', 'hq.medical', ['staff', 'hq'])
add('hq.nursing', '总部护理部主任', 'hq.nursing', ['staff', 'hq'])
add('several.delta', '杭州宁波片区专员', 'hq.publicity', ['duty_officer', 'hangzhou'], ['duty_officer', 'ningbo'])
add('several.capital', '华北与济南片区专员', 'hq.publicity', ['coordinator', 'north'], ['duty_officer', 'jinan'])

for (const { code } of units.filter(({ kind }) => kind === 'region')) {
  add(`${code}.coordinator`, '区域协调员', `${code}.publicity`, ['coordinator', code])
  add(`${code}.deputy`, '区域副协调员', `${code}.publicity`, ['coordinator', code])
  add(`${code}.reader`, '区域中心主任', code, ['reader', code])
  add(`${code}.security`, '区域安全管理员', code, ['security_administrator', code])
}

for (const { code, city } of units.filter(({ kind }) => kind === 'branch')) {
  add(`${code}.duty`, `${city}值班员`, `${code}.publicity`, ['duty_officer', code])
  add(`${code}.night`, `${city}夜班值班员`, `${code}.publicity`, ['duty_officer', code])
  add(`${code}.lead`, `${city}宣传科科长`, `${code}.publicity`, ['branch_lead', code])
  add(`${code}.reader`, '医务部主任', `${code}.medical`, ['reader', code])
  add(`${code}.service`, '客服中心接待', `${code}.service`, ['staff', code])
  add(`${code}.nurse`, '急诊科护士长', `${code}.emergency`, ['staff', code])
  add(`${code}.clinic`, '门诊办公室干事', `${code}.outpatient`, ['staff', code])
}

export const writePeople = () => `{\n "people": [\n${people.map((person) => `  ${JSON.stringify(person)}`).join(',\n')}\n ]\n}\n`

if (process.argv[1] === import.meta.filename) writeFileSync(here('people.json'), writePeople())
