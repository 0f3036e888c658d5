const kinds = {
  empty: (res) => res.end(),
  text: (res) => res.end('text'),
  buffer: (res) => res.end(Buffer.from('buf')),
  'write-end': (res) => {
    res.write('part1,')
    res.write('part2,')
    res.end('part3')
  },
  'write-head': (res) => {
    res.writeHead(201, { 'Content-Type': 'text/plain', 'X-Custom': 'Yes' })
    res.end('created')
  },
  'write-head-reason': (res) => {
    res.writeHead(200, 'Very Fine', { 'Content-Type': 'text/plain' })
    res.end('ok')
  },
  'status-message': (res) => {
    res.statusCode = 202
    res.statusMessage = 'Taken'
    res.end('ok')
  },
  'status-message-json': (res) => {
    res.statusMessage = 'Custom Reason'
    res.status(400).json({ a: 1 })
  },
  'status-code-prop': (res) => {
    res.statusCode = 404
    res.json({ error: 'nope' })
  },
  'status-chain': (res) => res.status(201).status(202).json({ chained: true }),
  'set-header-array': (res) => {
    res.setHeader('Set-Cookie', ['a=1', 'b=2; Path=/'])
    res.setHeader('X-Multi', ['one', 'two'])
    res.send('ok')
  },
  'set-header-number': (res) => {
    res.setHeader('X-Num', 12)
    res.send('ok')
  },
  'set-header-empty': (res) => {
    res.setHeader('X-Empty', '')
    res.send('ok')
  },
  'set-header-undefined': (res) => {
    res.setHeader('X-Undef', undefined)
    res.send('ok')
  },
  'set-header-twice': (res) => {
    res.setHeader('X-One', 'first')
    res.setHeader('x-one', 'second')
    res.send('ok')
  },
  'dup-cookies': (res) => {
    res.setHeader('Set-Cookie', ['a=1', 'a=1', 'b=2', 'a=2'])
    res.send('ok')
  },
  'cookie-number': (res) => {
    res.setHeader('Set-Cookie', 5)
    res.send('ok')
  },
  'append-header': (res) => {
    res.appendHeader('X-App', 'one')
    res.appendHeader('X-App', 'two')
    res.appendHeader('Set-Cookie', 'a=1')
    res.appendHeader('Set-Cookie', 'b=2')
    res.send('ok')
  },
  'remove-header': (res) => {
    res.setHeader('X-Gone', '1')
    res.removeHeader('X-Gone')
    res.send('ok')
  },
  'bad-header-value': (res) => {
    res.setHeader('X-Bad', 'line\nbreak')
    res.send('ok')
  },
  'bad-header-name': (res) => {
    res.setHeader('X Bad', '1')
    res.send('ok')
  },
  'utf8-header-value': (res) => {
    res.setHeader('X-Latin', 'é')
    res.send('ok')
  },
  'unicode-header-value': (res) => {
    res.setHeader('X-Uni', '✓')
    res.send('ok')
  },
  'double-send': (res) => {
    res.send('first')
    res.send('second')
  },
  'double-json': (res) => {
    res.json({ n: 1 })
    res.json({ n: 2 })
  },
  'end-then-send': (res) => {
    res.end('first')
    res.send('second')
  },
  'send-then-end': (res) => {
    res.send('first')
    res.end('second')
  },
  'set-header-after-send': (res) => {
    res.send('ok')
    res.setHeader('X-Late', '1')
    res.status(201)
  },
  'write-head-after-send': (res) => {
    res.send('ok')
    res.writeHead(201)
  },
  'write-then-json': (res) => {
    res.write('abc')
    res.json({ a: 1 })
  },
  'write-then-redirect': (res) => {
    res.write('abc')
    res.redirect('/x')
  },
  'write-head-then-send': (res) => {
    res.writeHead(201, { 'X-A': '1' })
    res.send('ok')
  },
  'write-head-then-json': (res) => {
    res.writeHead(201, { 'X-A': '1' })
    res.json({ a: 1 })
  },
  'write-head-cookie-array': (res) => {
    res.writeHead(200, { 'Set-Cookie': ['a=1', 'a=1'], 'X-M': ['1', '2'] })
    res.end('ok')
  },
  'wrong-content-length-json': (res) => {
    res.setHeader('Content-Length', 3)
    res.json({ longer: 'than three' })
  },
  'content-length-preset-send': (res) => {
    res.setHeader('Content-Length', 1)
    res.send('longer')
  },
  'preset-content-type-json': (res) => {
    res.setHeader('Content-Type', 'application/vnd.api+json')
    res.json({ a: 1 })
  },
  'text-content-type': (res) => {
    res.setHeader('Content-Type', 'text/plain')
    res.send('ok')
  },
  'html-content-type': (res) => {
    res.setHeader('content-type', 'text/html; charset=utf-8')
    res.status(200).send('<p>ok</p>')
  },
  'transfer-encoding-preset': (res) => {
    res.setHeader('Transfer-Encoding', 'chunked')
    res.send('te')
  },
  'connection-close-preset': (res) => {
    res.setHeader('Connection', 'close')
    res.send('bye')
  },
  'cache-control': (res) => {
    res.setHeader('Cache-Control', 's-maxage=86400')
    res.json({ cached: true })
  },
  'location-201': (res) => {
    res.setHeader('Location', '/api/x/new')
    res.status(201).json({ id: 1 })
  },
  'redirect-preset-ct': (res) => {
    res.setHeader('Content-Type', 'text/html')
    res.redirect('/x')
  },
  'cookie-then-redirect-twice': (res) => {
    res.redirect('/x')
    res.redirect('/y')
  },
  'date-preset': (res) => {
    res.setHeader('X-Order-1', 'a')
    res.setHeader('B-Order-2', 'b')
    res.setHeader('X-Order-1', 'c')
    res.json({})
  },
}

export default function handler(req, res) {
  const { kind } = req.query
  if (kind === 'hang') return
  if (!Object.hasOwn(kinds, kind)) throw new Error('no such kind')
  kinds[kind](res)
}
