#!/usr/bin/env node
// Writes tests/vectors/*.json anew: the inputs stay, and the functions that Next.js calls say what comes out.
//   node vectors.mjs [--check] [NAME…]     (after `npm install` in app/)
// --check writes nothing, names the vectors that differ, and exits with 1 where there are any.
// To add a vector, add its input to the file and run this.
import fs from 'node:fs'
import path from 'node:path'
import querystring from 'node:querystring'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const folder = path.join(here, '../../vectors')
const require = createRequire(process.env.PARITY_APP ? path.resolve(process.env.PARITY_APP, 'x.js') : path.join(here, 'app/x.js'))

const bytes = require('next/dist/compiled/bytes')
const contentType = require('next/dist/compiled/content-type')
const cookie = require('next/dist/compiled/cookie')
const fresh = require('next/dist/compiled/fresh')
const getRawBody = require('next/dist/compiled/raw-body')
const { generateETag } = require('next/dist/server/lib/etag')
const { getSortedRoutes } = require('next/dist/shared/lib/router/utils/sorted-routes')
const { getRouteRegex } = require('next/dist/shared/lib/router/utils/route-regex')
const { getRouteMatcher } = require('next/dist/shared/lib/router/utils/route-matcher')
const { tryGetPreviewData } = require('next/dist/server/api-utils/node/try-get-preview-data')

const attempt = (run, failed) => {
  try {
    return run()
  } catch (error) {
    return failed(error)
  }
}

// What comes out for one vector; `undefined` where the function says nothing of it.
const makers = {
  bytes: (v) =>
    'input' in v ? { input: v.input, parsed: bytes.parse(v.input) } : { value: v.value, formatted: bytes.format(v.value) },

  charset: async (v) => {
    const bytes = Buffer.from(v.base64, 'base64')
    try {
      // An absent or empty parameter is UTF-8, as in Next.js.
      const text = await getRawBody(Readable.from([bytes]), { encoding: v.charset || 'utf-8' })
      return { charset: v.charset, base64: v.base64, text }
    } catch (error) {
      return { charset: v.charset, base64: v.base64, error: error.type ?? error.message }
    }
  },

  'content-type': (v) =>
    attempt(
      () => {
        const { type, parameters } = contentType.parse(v.header)
        return { header: v.header, type, parameters: Object.entries(parameters) }
      },
      (error) => ({ header: v.header, error: error.message }),
    ),

  'cookie-parse': (v) => ({ header: v.header, cookies: Object.entries(cookie.parse(v.header)) }),

  'cookie-serialize': (v) => {
    const options = { ...v.options }
    if (options.maxAge === 'NaN') options.maxAge = NaN
    if (typeof options.expires === 'number') options.expires = new Date(options.expires)
    const { name, value } = v
    return attempt(
      () => ({ name, value, options: v.options, ok: cookie.serialize(name, value, options) }),
      (error) => ({ name, value, options: v.options, error: error.message }),
    )
  },

  etag: (v) => ({ text: v.text, etag: generateETag(v.text), weak: generateETag(v.text, true) }),

  'etag-buffer': (v) => ({ base64: v.base64, etag: generateETag(JSON.stringify(Buffer.from(v.base64, 'base64'))) }),

  fresh: (v) => {
    const { etag, fresh: _, ...headers } = v
    return { etag, ...headers, fresh: fresh(headers, { etag: etag ?? undefined }) }
  },

  json: (v) =>
    attempt(
      () => ({ text: v.text, out: JSON.stringify(JSON.parse(v.text)) }),
      () => ({ text: v.text, error: true }),
    ),

  querystring: (v) => ({ qs: v.qs, entries: Object.entries(querystring.parse(v.qs)) }),

  'route-match': (v) => ({
    page: v.page,
    path: v.path,
    params: attempt(
      () => {
        const params = getRouteMatcher(getRouteRegex(v.page))(v.path)
        return params ? Object.entries(params).filter(([, value]) => value !== undefined) : null
      },
      (error) => `ERR ${error.message}`,
    ),
  }),

  'routes-sort': (v) =>
    attempt(
      () => ({ pages: v.pages, sorted: getSortedRoutes(v.pages) }),
      (error) => ({ pages: v.pages, error: error.message }),
    ),

  // Salt and initialization vector are random: what is checked is what Next.js reads from the token.
  'preview-token': (v) => {
    const cookie = `__prerender_bypass=${v.previewModeId}; __next_preview_data=${v.token}`
    const options = {
      previewModeId: v.previewModeId,
      previewModeSigningKey: v.previewModeSigningKey,
      previewModeEncryptionKey: v.previewModeEncryptionKey,
    }
    const response = { getHeader: () => [], setHeader: () => {} }
    const data = tryGetPreviewData({ headers: { cookie } }, response, options)
    return { ...options, dataJson: JSON.stringify(data), token: v.token }
  },
}

// JSON as the files hold it: one vector in a line, a space after `,` and `:`.
const inline = (value) => {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${inline(member)}`).join(', ')}}`
}
const write = ({ note }, vectors) => {
  const head = JSON.stringify({ note, count: vectors.length }).slice(0, -1)
  return `${head},"vectors":[\n${vectors.map(inline).join(',\n')}\n]}\n`
}

const args = process.argv.slice(2)
const check = args.includes('--check')
const names = args.filter((arg) => arg !== '--check')
let differ = 0
for (const name of names.length ? names : Object.keys(makers)) {
  const file = path.join(folder, `${name}.json`)
  const text = fs.readFileSync(file, 'utf8')
  const old = JSON.parse(text)
  const vectors = []
  for (const vector of old.vectors) vectors.push(await makers[name](vector))
  const changed = vectors.filter((vector, i) => inline(vector) !== inline(old.vectors[i]))
  const made = write(old, vectors)
  const state = made === text ? 'the same, byte for byte' : changed.length ? 'DIFFERENT' : 'the same values'
  console.log(`${name}: ${vectors.length - changed.length} of ${vectors.length} equal (${state})`)
  for (const vector of changed) {
    if (differ++ < 20) console.log(`    ${inline(old.vectors[vectors.indexOf(vector)]).slice(0, 200)}\n    ${inline(vector).slice(0, 200)}`)
  }
  if (!check && made !== text) fs.writeFileSync(file, made)
}
process.exit(check && differ ? 1 : 0)
