// What Next.js makes of rewrites, by its own library for patterns. Writes `recorded.json` for `../rewrites.rs`.
//
//   npm install path-to-regexp@6.3.0     the version that Next.js has in its `dist/compiled`
//   cargo api-routes rewrites --origin http://127.0.0.1:3000 | node record.mjs paths.txt >recorded.json
//
// As Next.js 14 to 16 do it (`getPathMatch` for custom routes, and `prepareDestination`): patterns are strict about a slash at the
// end and not about the case of letters, parameters are taken as they stand in the path, and put into the destination.
// `stays` says that it leads to Next.js itself.
import { readFileSync } from 'node:fs'
import { compile, pathToRegexp, regexpToFunction } from 'path-to-regexp'

const rewrites = JSON.parse(readFileSync(0, 'utf8'))
const rules = [...rewrites.beforeFiles, ...rewrites.afterFiles].map(({ source, destination }) => {
  const keys = []
  const regexp = pathToRegexp(source, keys, { delimiter: '/', sensitive: false, strict: true })
  // Without an origin it is a path of Next.js itself.
  const origin = destination.startsWith('/') ? '' : new URL(destination).origin
  const target = compile(destination.slice(origin.length), { validate: false })
  return { source, match: regexpToFunction(regexp, keys), target, stays: origin === '' }
})
const answers = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map((path) => {
  for (const { source, match, target, stays } of rules) {
    const found = match(path)
    if (found) return { path, source, destination: target(found.params), ...(stays && { stays }) }
  }
  return { path }
})
console.log(`{"note":"the first rewrite that matches each path, and where it leads, by path-to-regexp 6.3.0 as Next.js uses it","rewrites":${JSON.stringify(rewrites)},"answers":[`)
console.log(answers.map((it) => JSON.stringify(it)).join(',\n'))
console.log(']}')
