export default function handler(req, res) {
  res.status(204)
  if (req.query.invalid) res.json({ hello: 'world' })
  else res.send()
}
