export default (req, res) =>
  res.status(200).json(req.method === 'POST' ? [{ title: req.query.title }] : [{ title: 'Cool Post!' }])
