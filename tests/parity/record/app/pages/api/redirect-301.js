export default (req, res) => res.redirect(301, '/login')
