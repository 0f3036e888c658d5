export default (req, res) => res.status(Number(req.query.code)).json({ hello: 'world' })
