import { typeOf } from '../../../lib/answers'

export default (req, res) =>
  res.status(200).json({
    method: req.method,
    url: req.url,
    query: req.query,
    cookies: req.cookies,
    bodyType: typeOf(req.body),
    body: req.body,
  })
