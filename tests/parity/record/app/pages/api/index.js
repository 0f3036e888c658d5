export default (req, res) => res.send('Index should work')
