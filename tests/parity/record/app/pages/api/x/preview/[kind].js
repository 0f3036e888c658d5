const once = {
  object: (res) => res.setPreviewData({ a: 1 }),
  string: (res) => res.setPreviewData('str'),
  number: (res) => res.setPreviewData(7),
  null: (res) => res.setPreviewData(null),
  undefined: (res) => res.setPreviewData(undefined),
  'max-age': (res) => res.setPreviewData({}, { maxAge: 60 }),
  'max-age-0': (res) => res.setPreviewData({}, { maxAge: 0 }),
  'max-age-float': (res) => res.setPreviewData({}, { maxAge: 1.5 }),
  path: (res) => res.setPreviewData({}, { path: '/docs' }),
  'max-age-path': (res) => res.setPreviewData({}, { maxAge: 3600, path: '/docs' }),
  'bad-path': (res) => res.setPreviewData({}, { path: '/d\noc' }),
  'too-big': (res) => res.setPreviewData('a'.repeat(2000)),
  clear: (res) => res.clearPreviewData(),
  'clear-path': (res) => res.clearPreviewData({ path: '/docs' }),
  'draft-noarg': (res) => res.setDraftMode(),
  'draft-true': (res) => res.setDraftMode({ enable: true }),
  'draft-false': (res) => res.setDraftMode({ enable: false }),
}
const more = {
  'keeps-cookie': (res) => {
    res.setHeader('Set-Cookie', 'mine=1; Path=/')
    res.setPreviewData({ a: 1 })
  },
  'keeps-cookies': (res) => {
    res.setHeader('Set-Cookie', ['mine=1', 'yours=2'])
    res.setPreviewData({ a: 1 })
  },
  twice: (res) => {
    res.setPreviewData({ n: 1 })
    res.setPreviewData({ n: 2 })
  },
  'clear-twice': (res) => {
    res.clearPreviewData()
    res.clearPreviewData()
  },
  'set-clear': (res) => {
    res.setPreviewData({ a: 1 })
    res.clearPreviewData()
  },
  'clear-keeps-cookie': (res) => {
    res.setHeader('Set-Cookie', 'mine=1; Path=/')
    res.clearPreviewData()
  },
  'draft-keeps-cookie': (res) => {
    res.setHeader('Set-Cookie', 'mine=1; Path=/')
    res.setDraftMode({ enable: true })
  },
  'draft-twice': (res) => {
    res.setDraftMode({ enable: true })
    res.setDraftMode({ enable: false })
  },
}

// Whether the last call gave back the response, which a chain of calls needs.
export default function handler(req, res) {
  const { kind } = req.query
  if (kind === 'redirect') {
    res.setPreviewData({ a: 1 })
    return res.redirect('/posts/1')
  }
  const call = Object.hasOwn(once, kind) ? once[kind] : Object.hasOwn(more, kind) ? more[kind] : null
  if (!call) throw new Error('no such kind')
  res.json({ chained: call(res) === res })
}
