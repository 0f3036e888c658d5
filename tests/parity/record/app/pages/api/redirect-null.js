export default (req, res) => res.redirect(null)
