// GET: events, until one is 'end'. POST: sends what is in ?data= to all who listen.
const listeners = new Set()

export default function handler(req, res) {
  if (req.method === 'POST') {
    for (const listener of listeners) {
      listener.write(`data: ${req.query.data}\n\n`)
      if (req.query.data === 'end') listener.end()
    }
    return res.json({ listeners: listeners.size })
  }
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' })
  res.write('data: start\n\n')
  listeners.add(res)
  return new Promise((done) => {
    res.on('close', () => {
      listeners.delete(res)
      done()
    })
  })
}
