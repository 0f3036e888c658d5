export default (req, res) => res.json({ from: 'auth' })
