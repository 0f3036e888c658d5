const skip = (name) => name === 'host' || name === 'connection' || name.startsWith('x-forwarded')

export default (req, res) =>
  res.json(Object.fromEntries(Object.entries(req.headers).filter(([name]) => !skip(name))))
