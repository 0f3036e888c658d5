export default function handler(req, res) {
  res.clearPreviewData(req.query.cookiePath ? { path: req.query.cookiePath } : {})
  res.status(200).end()
}
