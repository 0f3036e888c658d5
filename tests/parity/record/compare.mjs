#!/usr/bin/env node
// Compares two recordings, for example those of two versions of Next.js.
// node compare.mjs EXPECTED.json ACTUAL.json [--group RE] [--only RE] [--skip-tag TAG]... [--ignore-header NAME]...
//                  [--soft-framing] [--soft-json] [--quiet] [--limit N] [--json OUT]
// Hard differences: status, reason, header values, body.  Soft (counted apart, never fail): header order/case.
//   --soft-framing  Content-Length vs Transfer-Encoding: chunked counts as soft (body bytes still compared)
//   --soft-json     bodies that parse to equal JSON but differ in bytes count as soft (ETag / Content-Length too then)
//   --soft-reason   reason phrase differences are soft (HTTP/2-minded servers)
// Cases tagged next-page / js-only / http-layer / quirk can be left out with --skip-tag. Exit code 1 on hard differences.
import fs from 'node:fs'
const argv = process.argv.slice(2)
const pos = []
const o = { skip: [], ignore: new Set(), limit: 1e9 }
for (let i = 0; i < argv.length; i++) {
  const a = argv[i]
  if (a === '--group') o.group = new RegExp(argv[++i])
  else if (a === '--only') o.only = new RegExp(argv[++i])
  else if (a === '--skip-tag') o.skip.push(argv[++i])
  else if (a === '--ignore-header') o.ignore.add(argv[++i].toLowerCase())
  else if (a === '--soft-framing') o.softFraming = true
  else if (a === '--soft-json') o.softJson = true
  else if (a === '--soft-reason') o.softReason = true
  else if (a === '--quiet') o.quiet = true
  else if (a === '--limit') o.limit = +argv[++i]
  else if (a === '--json') o.json = argv[++i]
  else pos.push(a)
}
const E = JSON.parse(fs.readFileSync(pos[0])).results
const A = JSON.parse(fs.readFileSync(pos[1])).results
const cases = Object.fromEntries(JSON.parse(fs.readFileSync(new URL('../data/cases.json', import.meta.url))).map((c) => [c.name, c]))
const norm = (hs) => {
  const m = {}
  for (const [k, v] of hs || []) (m[k.toLowerCase()] ||= []).push(v)
  return m
}
const show = (x) => {
  const s = x === undefined ? '(none)' : typeof x === 'string' ? x : JSON.stringify(x)
  return s.length > 240 ? s.slice(0, 240) + `…(${s.length})` : s
}
const bodyOf = (r) => r.nextPage ?? r.body ?? r.bodyBase64 ?? r.bodySha256 ?? r.partialBody ?? r.partial
const canon = (s) => {
  const walk = (v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, walk(v[k])])) : Array.isArray(v) ? v.map(walk) : v)
  return JSON.stringify(walk(JSON.parse(s)))
}
const groups = {}
const report = []
let hard = 0
for (const k of Object.keys(E)) {
  const c = cases[k]
  if (!c) continue
  if (o.group && !o.group.test(c.group)) continue
  if (o.only && !o.only.test(k)) continue
  if (o.skip.some((t) => (c.tags || []).includes(t))) continue
  const g = (groups[c.group] ||= { total: 0, same: 0, soft: 0, hard: 0, missing: 0 })
  g.total++
  const e = E[k]
  const a = A[k]
  if (!a) {
    g.missing++
    continue
  }
  const H = []
  const S = []
  if ((e.error || '') !== (a.error || '')) H.push(`error: ${show(e.error)} -> ${show(a.error)}`)
  if (!e.serverCrashed !== !a.serverCrashed) H.push(`server process died: ${!!e.serverCrashed} -> ${!!a.serverCrashed}`)
  if (e.status !== a.status) H.push(`status: ${e.status} -> ${a.status}`)
  if ((e.reason || '') !== (a.reason || '')) (o.softReason ? S : H).push(`reason: ${show(e.reason)} -> ${show(a.reason)}`)
  let jsonSame = false
  const eb = bodyOf(e)
  const ab = bodyOf(a)
  if (eb !== ab) {
    try {
      jsonSame = canon(e.body) === canon(a.body)
    } catch {}
    ;(jsonSame && o.softJson ? S : H).push(`body${jsonSame ? ' (equal as JSON)' : ''}: ${show(eb)} -> ${show(ab)}`)
  }
  const eh = norm(e.headers)
  const ah = norm(a.headers)
  for (const n of new Set([...Object.keys(eh), ...Object.keys(ah)])) {
    if (o.ignore.has(n)) continue
    // bodies that name the server's own address cannot have the same hash or length
    if ((n === 'etag' || n === 'content-length') && /<(HOST|PORT|LOCALHOST)>/.test(e.body || '')) continue
    if (JSON.stringify(eh[n]) === JSON.stringify(ah[n])) continue
    const framing = n === 'content-length' || n === 'transfer-encoding'
    const soft = (framing && o.softFraming && (eh[n] === undefined || ah[n] === undefined)) || (jsonSame && o.softJson && (framing || n === 'etag'))
    ;(soft ? S : H).push(`header ${n}: ${show(eh[n]?.join(' || '))} -> ${show(ah[n]?.join(' || '))}`)
  }
  if (JSON.stringify((e.headers || []).map(([n]) => n)) !== JSON.stringify((a.headers || []).map(([n]) => n)) && !H.some((x) => x.startsWith('header'))) S.push('header order/case')
  if (JSON.stringify(e.followUp) !== JSON.stringify(a.followUp)) H.push(`follow-up on same connection: ${show(e.followUp)} -> ${show(a.followUp)}`)
  if (!!e.conn?.closed !== !!a.conn?.closed) S.push(`connection closed: ${!!e.conn?.closed} -> ${!!a.conn?.closed}`)
  if (H.length) {
    g.hard++
    hard++
    report.push({ name: k, input: `${c.method} ${c.path}`.slice(0, 120), hard: H, soft: S })
  } else if (S.length) {
    g.soft++
    report.push({ name: k, soft: S })
  } else g.same++
}
if (!o.quiet)
  for (const r of report.filter((r) => r.hard).slice(0, o.limit)) {
    console.log(`✗ ${r.name}   ${r.input}`)
    for (const d of r.hard) console.log(`    ${d}`)
  }
console.log('group'.padEnd(20), 'total  same  soft  HARD  missing')
const t = { total: 0, same: 0, soft: 0, hard: 0, missing: 0 }
for (const [n, g] of Object.entries(groups)) {
  console.log(n.padEnd(20), String(g.total).padStart(5), String(g.same).padStart(5), String(g.soft).padStart(5), String(g.hard).padStart(5), String(g.missing).padStart(5))
  for (const k in t) t[k] += g[k]
}
console.log('ALL'.padEnd(20), String(t.total).padStart(5), String(t.same).padStart(5), String(t.soft).padStart(5), String(t.hard).padStart(5), String(t.missing).padStart(5))
if (o.json) fs.writeFileSync(o.json, JSON.stringify({ totals: t, groups, report }, null, 1))
process.exit(hard ? 1 : 0)
