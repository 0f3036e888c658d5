export default (req, res) => res.status(Number(req.query.status || 200)).send(req.query.text || 'text')
