export const config = { api: { bodyParser: false } }

export default (req, res) => res.status(200).send('not read')
