export default function handler(req, res) {
  res.setHeader('ETag', '"custom"')
  res.setHeader('Last-Modified', new Date(0).toUTCString())
  res.setHeader('Cache-Control', 'max-age=60')
  res.setHeader('X-Kept', '1')
  if (req.query.end) res.end('body')
  else res.json({ etag: 'preset' })
}
