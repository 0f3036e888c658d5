export default (req, res) => res.redirect('/login')
