export default (req, res) => res.redirect(307)
