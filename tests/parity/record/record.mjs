#!/usr/bin/env node
// Records HTTP responses for a list of cases, over raw TCP sockets, from any http:// base URL.
//   node record.mjs BASE_URL OUT.json [--cases cases.json] [--only REGEX] [--group REGEX] [--skip-tag TAG]...
//                   [--note TEXT] [--linger MS] [--timeout MS] [--watch-crash] [--verbose]
// Every case uses a fresh connection (no Connection header is sent, so HTTP/1.1 keep-alive applies).
import net from 'node:net'
import zlib from 'node:zlib'
import fs from 'node:fs'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const argv = process.argv.slice(2)
const pos = []
const opt = { cases: path.join(here, '../data/cases.json'), linger: 60, timeout: 8000, skipTag: [] }
for (let i = 0; i < argv.length; i++) {
  const a = argv[i]
  if (a === '--cases') opt.cases = argv[++i]
  else if (a === '--only') opt.only = new RegExp(argv[++i])
  else if (a === '--group') opt.group = new RegExp(argv[++i])
  else if (a === '--skip-tag') opt.skipTag.push(argv[++i])
  else if (a === '--note') opt.note = argv[++i]
  else if (a === '--linger') opt.linger = +argv[++i]
  else if (a === '--timeout') opt.timeout = +argv[++i]
  else if (a === '--verbose') opt.verbose = true
  else if (a === '--watch-crash') opt.watchCrash = true
  else pos.push(a)
}
if (pos.length < 2) {
  console.error('usage: record.mjs BASE_URL OUT.json [--cases F] [--only RE] [--group RE] [--skip-tag T] [--note TEXT] [--linger MS] [--timeout MS]')
  process.exit(2)
}
const base = new URL(pos[0])
const hostHeader = base.host
const port = +(base.port || 80)
const MAX_INLINE = 16384
const DROP = new Set(['date', 'connection', 'keep-alive'])

const cases = JSON.parse(fs.readFileSync(opt.cases, 'utf8'))
const out = {}

function bodyBytes(b) {
  if (b === undefined || b === null) return null
  if (typeof b === 'string') return Buffer.from(b, 'utf8')
  if (b.base64 !== undefined) return Buffer.from(b.base64, 'base64')
  if (b.text !== undefined) return Buffer.from(b.text, 'utf8')
  if (b.repeat) {
    const { prefix = '', unit, count, suffix = '' } = b.repeat
    return Buffer.from(prefix + unit.repeat(count) + suffix, 'utf8')
  }
  throw new Error('bad body spec')
}

// {{host}} {{port}}  {{header:CASE:NAME}}  {{cookies:CASE}} (name=value; ... of the Set-Cookie headers of an earlier case)
function subst(s) {
  return String(s).replace(/\{\{([^}]+)\}\}/g, (m, e) => {
    const p = e.split(':')
    if (p[0] === 'host') return hostHeader
    if (p[0] === 'port') return String(port)
    const r = live[p[1]]
    if (!r) return ''
    if (p[0] === 'header') {
      const h = r.headers.find(([k]) => k.toLowerCase() === p[2].toLowerCase())
      return h ? h[1] : ''
    }
    if (p[0] === 'cookies')
      return r.headers
        .filter(([k]) => k.toLowerCase() === 'set-cookie')
        .map(([, v]) => v.split(';')[0])
        .filter((kv) => !p[2] || kv.startsWith(p[2] + '='))
        .join('; ')
    return m
  })
}
const live = {} // raw results (unmasked) of cases already run, for substitution

function buildRequest(c) {
  if (c.raw !== undefined) {
    const b = typeof c.raw === 'string' ? Buffer.from(subst(c.raw), 'latin1') : bodyBytes(c.raw)
    return [b]
  }
  const hs = Array.isArray(c.headers) ? c.headers.map((h) => [...h]) : Object.entries(c.headers || {})
  const has = (n) => hs.some(([k]) => k.toLowerCase() === n)
  const body = bodyBytes(c.body)
  const lines = []
  if (!has('host') && !c.noHost) lines.push(`Host: ${hostHeader}`)
  for (const [k, v] of hs) lines.push(`${k}: ${subst(v)}`)
  const framing = c.framing || (body ? 'length' : 'none')
  const method = c.method || 'GET'
  if (framing === 'length') lines.push(`Content-Length: ${c.contentLength ?? (body ? body.length : 0)}`)
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked')
  const head = Buffer.from(`${method} ${subst(c.path)} HTTP/${c.httpVersion || '1.1'}\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  const parts = [head]
  if (framing === 'chunked') {
    const size = c.chunkSize || 65536
    for (let i = 0; body && i < body.length; i += size) {
      const s = body.subarray(i, i + size)
      parts.push(Buffer.from(s.length.toString(16) + '\r\n'), s, Buffer.from('\r\n'))
    }
    if (!c.noTerminator) parts.push(Buffer.from('0\r\n\r\n'))
  } else if (body) parts.push(body)
  return parts
}

function parseHead(buf) {
  const end = buf.indexOf('\r\n\r\n')
  if (end < 0) return null
  const lines = buf.subarray(0, end).toString('latin1').split('\r\n')
  const m = /^HTTP\/(\d\.\d) (\d{3})(?: (.*))?$/.exec(lines[0])
  if (!m) return { bad: lines[0] }
  const headers = lines.slice(1).map((l) => {
    const i = l.indexOf(':')
    return [l.slice(0, i), l.slice(i + 1).trim()]
  })
  return { version: m[1], status: +m[2], reason: m[3] ?? '', headers, rest: end + 4 }
}
const hget = (hs, n) => hs.filter(([k]) => k.toLowerCase() === n).map(([, v]) => v)

function decodeChunked(buf) {
  let p = 0
  const parts = []
  for (;;) {
    const e = buf.indexOf('\r\n', p)
    if (e < 0) return null
    const n = parseInt(buf.subarray(p, e).toString('latin1'), 16)
    if (Number.isNaN(n)) return { error: 'bad chunk' }
    p = e + 2
    if (n === 0) {
      const trailers = []
      for (;;) {
        const t = buf.indexOf('\r\n', p)
        if (t < 0) return null
        if (t === p) return { body: Buffer.concat(parts), used: t + 2, chunks: parts.length, trailers }
        trailers.push(buf.subarray(p, t).toString('latin1'))
        p = t + 2
      }
    }
    if (buf.length < p + n + 2) return null
    parts.push(buf.subarray(p, p + n))
    p += n + 2
  }
}

function run(c) {
  return new Promise((resolve) => {
    const chunks = []
    let total = 0
    let done = false
    let complete = null
    let info = []
    let headState = null
    let consumed = 0
    let timer
    let lingerTimer
    let closed = false
    let sockErr = null
    const t0 = Date.now()
    const sock = net.connect({ host: base.hostname, port, allowHalfOpen: true })
    sock.setNoDelay(true)
    const finish = (extra = {}) => {
      if (done) return
      done = true
      clearTimeout(timer)
      clearTimeout(lingerTimer)
      sock.destroy()
      resolve({ complete, info, closed, sockErr, ms: Date.now() - t0, extraBytes: complete ? total - consumed : 0, partial: complete ? null : Buffer.concat(chunks), head: headState, follow, ...extra })
    }
    const merged = () => {
      if (chunks.length > 1) chunks.splice(0, chunks.length, Buffer.concat(chunks))
      return chunks[0] || Buffer.alloc(0)
    }
    let lastTry = 0
    let follow = null
    const attempt = (eof) => {
      if (complete) return
      // avoid quadratic work on huge bodies
      if (!eof && headState && total - lastTry < 65536 && headState.cl === undefined && total > 4 * 65536) return
      // a huge chunked body: only decode once its last chunk is in
      if (!eof && headState && headState.te.includes('chunked') && total > 1048576) {
        const tail = Buffer.concat(chunks.slice(-2)).subarray(-7)
        if (!tail.toString('latin1').endsWith('\r\n0\r\n\r\n')) return
      }
      lastTry = total
      let buf = merged()
      while (!headState) {
        const h = parseHead(buf.subarray(consumed))
        if (!h) {
          return
        }
        if (h.bad !== undefined) return finish({ error: 'bad status line: ' + h.bad })
        if (h.status >= 100 && h.status < 200 && h.status !== 101) {
          info.push({ status: h.status, reason: h.reason, headers: h.headers })
          consumed += h.rest
          continue
        }
        h.start = consumed + h.rest
        const cl = hget(h.headers, 'content-length')
        h.te = hget(h.headers, 'transfer-encoding').join(',').toLowerCase()
        h.cl = cl.length ? +cl[0] : undefined
        h.noBody = (c.method || 'GET') === 'HEAD' || h.status === 204 || h.status === 304 || c.expectNoBody
        headState = h
      }
      const h = headState
      if (h.noBody) {
        consumed = h.start
        complete = { ...h, body: Buffer.alloc(0) }
      } else if (h.te.includes('chunked')) {
        const d = decodeChunked(buf.subarray(h.start))
        if (d && d.error) return finish({ error: d.error })
        if (d) {
          consumed = h.start + d.used
          complete = { ...h, body: d.body, chunks: d.chunks, trailers: d.trailers }
        }
      } else if (h.cl !== undefined) {
        if (buf.length >= h.start + h.cl) {
          consumed = h.start + h.cl
          complete = { ...h, body: buf.subarray(h.start, h.start + h.cl) }
        }
      } else if (eof) {
        consumed = buf.length
        complete = { ...h, body: buf.subarray(h.start), untilClose: true }
      }
      if (complete) {
        if (closed) finish()
        else if (c.followUp) {
          // is the connection still usable? send a second request on it
          follow = { buf: [] }
          lingerTimer = setTimeout(finish, c.followUp.waitMs || 1500)
          sock.write(`${c.followUp.method || 'GET'} ${c.followUp.path} HTTP/1.1\r\nHost: ${hostHeader}\r\n\r\n`)
        } else lingerTimer = setTimeout(finish, c.linger ?? opt.linger)
      }
    }
    timer = setTimeout(() => finish({ error: 'timeout' }), c.timeoutMs || opt.timeout)
    sock.on('data', (d) => {
      if (follow) {
        follow.buf.push(d)
        const h = parseHead(Buffer.concat(follow.buf))
        if (h && h.status) {
          follow.result = { status: h.status, reason: h.reason }
          finish()
        }
        return
      }
      chunks.push(d)
      total += d.length
      if (!complete) attempt(false)
    })
    sock.on('end', () => {
      closed = true
      attempt(true)
      finish(complete ? {} : { error: headState ? 'closed mid-response' : 'closed without response' })
    })
    sock.on('error', (e) => {
      sockErr = e.code || String(e)
      closed = true
      attempt(true)
      finish(complete ? {} : { error: 'socket ' + sockErr })
    })
    sock.on('close', () => {
      closed = true
      finish(complete ? {} : { error: 'closed' })
    })
    sock.on('connect', async () => {
      const parts = buildRequest(c)
      if (c.expectContinue) {
        sock.write(parts[0])
        const t = Date.now()
        while (!info.length && !complete && Date.now() - t < (c.continueWaitMs || 1000)) {
          await new Promise((r) => setTimeout(r, 5))
          attemptInfo()
        }
        for (const p of parts.slice(1)) sock.write(p)
      } else if (c.slow) {
        for (const p of parts) {
          sock.write(p)
          await new Promise((r) => setTimeout(r, c.slow))
        }
      } else {
        const all = Buffer.concat(parts)
        sock.write(all)
      }
      if (c.halfClose) sock.end()
    })
    const attemptInfo = () => attempt(false)
  })
}

const MASKS = [
  [/^(Date: ).*$/gm, '$1<DATE>'],
  [/(__prerender_bypass=)[0-9a-f]{32,}/g, '$1<PREVIEW_MODE_ID>'],
  [/(__next_preview_data=)[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, '$1<PREVIEW_JWT>'],
]
const hostRe = new RegExp(hostHeader.replace(/[.:]/g, '\\$&'), 'g')
const localRe = new RegExp(`localhost:${port}`, 'g')
const maskText = (s) => MASKS.reduce((a, [re, r]) => a.replace(re, r), s).replace(hostRe, '<HOST>').replace(localRe, '<LOCALHOST>').replace(`"${port}"`, '"<PORT>"')

function present(r) {
  const o = {}
  const p = r.complete
  if (r.error && !p) {
    o.error = r.error
    if (r.head) {
      o.status = r.head.status
      o.reason = r.head.reason
      o.headers = r.head.headers.filter(([k]) => !DROP.has(k.toLowerCase())).map(([k, v]) => [k, maskText(v)])
      o.partialBody = r.partial.subarray(r.head.start, r.head.start + 2048).toString('utf8')
    } else if (r.partial && r.partial.length) o.partial = maskText(r.partial.subarray(0, 2048).toString('latin1'))
    o.conn = { closed: r.closed }
    return o
  }
  o.status = p.status
  o.reason = p.reason
  o.headers = p.headers.filter(([k]) => !DROP.has(k.toLowerCase())).map(([k, v]) => [k, maskText(v)])
  let body = p.body
  const ce = hget(p.headers, 'content-encoding')[0]
  if (ce && body.length) {
    try {
      body = ce === 'gzip' ? zlib.gunzipSync(body) : ce === 'deflate' ? zlib.inflateSync(body) : ce === 'br' ? zlib.brotliDecompressSync(body) : body
      o.bodyDecodedFrom = ce
    } catch (e) {
      o.bodyDecodeError = String(e)
    }
  }
  o.bodyLength = body.length
  if (body.length > MAX_INLINE) {
    o.bodySha256 = createHash('sha256').update(body).digest('hex')
    o.bodyHead = body.subarray(0, 128).toString('utf8')
  } else {
    const t = body.toString('utf8')
    if (t.includes('__NEXT_DATA__')) {
      // a page rendered by Next (404/400/500/real page): build specific, so only its title is kept
      o.nextPage = (/<title[^>]*>([^<]*)<\/title>/.exec(t) || [, '(no title)'])[1]
      delete o.bodyLength
      o.headers = o.headers.map(([k, v]) => (/^(etag|content-length)$/i.test(k) ? [k, '<NEXT_PAGE>'] : [k, v]))
    } else if (Buffer.from(t, 'utf8').equals(body)) o.body = maskText(t)
    else o.bodyBase64 = body.toString('base64')
  }
  if (p.trailers && p.trailers.length) o.trailers = p.trailers
  if (r.info.length) o.informational = r.info.map((i) => ({ status: i.status, reason: i.reason }))
  o.conn = { header: hget(p.headers, 'connection')[0] ?? null, keepAlive: hget(p.headers, 'keep-alive')[0] ?? null, closed: r.closed }
  if (r.follow) o.followUp = r.follow.result || (r.closed ? 'closed' : 'no answer')
  if (r.extraBytes) o.conn.extraBytes = r.extraBytes
  if (p.untilClose) o.conn.untilClose = true
  if (p.version !== '1.1') o.version = p.version
  return o
}

const reachable = () =>
  new Promise((r) => {
    const s = net.connect({ host: base.hostname, port })
    s.once('connect', () => (s.destroy(), r(true)))
    s.once('error', () => r(false))
  })
async function waitUp(ms = 20000) {
  const t = Date.now()
  while (Date.now() - t < ms) {
    if (await reachable()) return true
    await new Promise((r) => setTimeout(r, 100))
  }
  return false
}
if (!(await waitUp(5000))) {
  console.error('nothing listens at ' + base.href)
  process.exit(3)
}
let n = 0
const started = Date.now()
for (const c of cases) {
  if (opt.only && !opt.only.test(c.name)) {
    // still run cases that others substitute from
    if (!cases.some((d) => opt.only.test(d.name) && JSON.stringify(d).includes(`:${c.name}`))) continue
  }
  if (opt.group && !opt.group.test(c.group || '')) continue
  if (opt.skipTag.some((t) => (c.tags || []).includes(t))) continue
  let r = await run(c)
  if (r.sockErr === 'ECONNREFUSED') {
    await waitUp()
    r = await run(c)
  }
  if (r.error && !r.complete) {
    // did this case take the server down? (old Next versions)
    await new Promise((res) => setTimeout(res, 150))
    if (!(await reachable())) {
      r.crashed = true
      await waitUp()
    }
  } else if (c.mayCrash && opt.watchCrash) {
    await new Promise((res) => setTimeout(res, 150))
    if (!(await reachable())) {
      r.crashed = true
      await waitUp()
    }
  }
  live[c.name] = r.complete || { headers: r.head ? r.head.headers : [] }
  out[c.name] = present(r)
  if (r.crashed) out[c.name].serverCrashed = true
  n++
  if (opt.verbose) console.error(`${c.name}: ${out[c.name].status ?? out[c.name].error} ${r.ms}ms`)
}
const recording = { meta: { recordedAt: new Date().toISOString(), cases: n, note: opt.note || '' }, results: out }
// One value in a line, not indented, as in tests/parity/data.
fs.writeFileSync(pos[1], JSON.stringify(recording, null, 1).replace(/^ +/gm, '') + '\n')
console.error(`${n} cases in ${((Date.now() - started) / 1000).toFixed(1)}s -> ${pos[1]}`)
