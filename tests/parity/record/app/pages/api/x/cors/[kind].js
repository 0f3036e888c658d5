import { behind } from '../../../../lib/cors'

const kinds = {
  default: {},
  example: { methods: ['POST', 'GET', 'HEAD'] },
  'get-head': { methods: ['GET', 'HEAD'] },
  fixed: { origin: 'https://example.com' },
  full: {
    origin: 'https://example.com',
    methods: ['GET', 'PUT'],
    allowedHeaders: ['Content-Type', 'X-Token'],
    exposedHeaders: ['X-Total', 'X-Page'],
    credentials: true,
    maxAge: 600,
  },
  reflect: { origin: true, credentials: true },
  disabled: { origin: false },
  list: { origin: ['https://a.example', /\.b\.example$/] },
  'status-200': { optionsSuccessStatus: 200 },
  continue: { preflightContinue: true },
  'max-age-0': { maxAge: 0 },
  'string-methods': { methods: 'GET,POST', allowedHeaders: 'X-A,X-B' },
  'empty-headers': { allowedHeaders: [] },
  error: {
    origin: (origin, done) =>
      origin === 'https://ok.example' ? done(null, true) : done(new Error('origin not allowed')),
  },
}

export default function handler(req, res) {
  const { kind } = req.query
  if (!Object.hasOwn(kinds, kind)) throw new Error('no such kind')
  return behind(kinds[kind])(req, res)
}
