export default (req, res) =>
  res.json(Object.fromEntries(Object.entries(req.headers).filter(([name]) => name.startsWith('x-forwarded'))))
