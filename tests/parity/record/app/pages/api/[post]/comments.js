export default (req, res) => res.status(200).json([{ message: 'Prioritize a non-dynamic api page' }])
