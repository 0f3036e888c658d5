const kinds = {
  string: (res) => res.redirect('/target'),
  absolute: (res) => res.redirect('https://example.com/a?b=c&d=e#f'),
  empty: (res) => res.redirect(''),
  'status-empty': (res) => res.redirect(307, ''),
  relative: (res) => res.redirect('next'),
  unicode: (res) => res.redirect('/café'),
  'unicode-wide': (res) => res.redirect('/✓'),
  newline: (res) => res.redirect('/a\r\nX-Injected: 1'),
  space: (res) => res.redirect('/a b'),
  encoded: (res) => res.redirect('/%E2%9C%93'),
  'string-status': (res) => res.redirect('301', '/target'),
  'only-status': (res) => res.redirect(307),
  'no-args': (res) => res.redirect(),
  null: (res) => res.redirect(null),
  'null-url': (res) => res.redirect(307, null),
  object: (res) => res.redirect({ url: '/target' }),
  'url-object': (res) => res.redirect(307, new URL('https://example.com/')),
  'with-cookie': (res) => {
    res.setHeader('Set-Cookie', 'a=1; Path=/')
    res.redirect(302, '/target')
  },
  'after-status': (res) => res.status(201).redirect('/target'),
  'then-json': (res) => {
    res.redirect('/target')
    res.json({ late: true })
  },
  back: (res) => res.redirect('back'),
  'protocol-relative': (res) => res.redirect('//evil.example/x'),
  javascript: (res) => res.redirect('javascript:alert(1)'),
}

export default function handler(req, res) {
  const { kind } = req.query
  if (/^\d+$/.test(kind)) return res.redirect(Number(kind), '/target')
  if (!Object.hasOwn(kinds, kind)) throw new Error('no such kind')
  kinds[kind](res)
}
