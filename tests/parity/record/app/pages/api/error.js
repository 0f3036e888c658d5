export default (req, res) => res.status(500).json({ error: 'Server error!' })
