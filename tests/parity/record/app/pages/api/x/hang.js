export default (req, res) => undefined
