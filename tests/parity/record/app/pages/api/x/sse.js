export default function handler(req, res) {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' })
  res.write('data: 0\n\n')
  res.write('data: 1\n\n')
  res.end()
}
