import cors from 'cors'
import { hello } from './answers'

// A Connect-style middleware as a promise.
const run = (req, res, middleware) =>
  new Promise((resolve, reject) =>
    middleware(req, res, (result) => (result instanceof Error ? reject(result) : resolve(result))),
  )

// Behind the npm package `cors`, with the Vary that the query presets.
export const behind = (options) => {
  const middleware = cors(options)
  return async (req, res) => {
    if (req.query.vary) res.setHeader('Vary', req.query.vary)
    await run(req, res, middleware)
    hello(req, res)
  }
}
