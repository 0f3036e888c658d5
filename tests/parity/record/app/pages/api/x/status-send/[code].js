export default (req, res) => res.status(Number(req.query.code)).send('text body')
