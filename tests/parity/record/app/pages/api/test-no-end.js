export default (req, res) => ({})
