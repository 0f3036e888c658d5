const kinds = {
  sync: () => {
    throw new Error('thrown')
  },
  string: () => {
    throw 'thrown'
  },
  null: () => {
    throw null
  },
  undefined: () => {
    throw undefined
  },
  number: () => {
    throw 42
  },
  'plain-object': () => {
    throw { statusCode: 418, message: 'thrown' }
  },
  'status-code': () => {
    throw Object.assign(new Error('thrown'), { statusCode: 418 })
  },
  async: async () => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    throw new Error('thrown')
  },
  reject: () => Promise.reject(new Error('thrown')),
  'after-header': (res) => {
    res.setHeader('X-Kept', 'yes')
    res.setHeader('Content-Type', 'application/json')
    throw new Error('thrown')
  },
  'after-status': (res) => {
    res.status(201)
    throw new Error('thrown')
  },
  'after-cookie': (res) => {
    res.setHeader('Set-Cookie', 'a=1')
    throw new Error('thrown')
  },
  'after-write': (res) => {
    res.write('partial')
    throw new Error('thrown')
  },
  'after-send': (res) => {
    res.send('done')
    throw new Error('thrown')
  },
  'after-content-length': (res) => {
    res.setHeader('Content-Length', 100)
    throw new Error('thrown')
  },
}

export default function handler(req, res) {
  const { kind } = req.query
  return (Object.hasOwn(kinds, kind) ? kinds[kind] : kinds.sync)(res)
}
