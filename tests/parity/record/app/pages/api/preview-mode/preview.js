export default function handler(req, res) {
  if (req.query.tooBig) {
    try {
      res.setPreviewData('a'.repeat(2000))
    } catch {
      return res.status(500).end('too big')
    }
    return res.status(200).end()
  }
  const { cookieMaxAge, cookiePath } = req.query
  const options = {}
  if (cookieMaxAge) options.maxAge = cookieMaxAge
  if (cookiePath) options.path = cookiePath
  res.setPreviewData(req.query, options)
  res.status(200).end()
}
