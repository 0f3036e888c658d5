export default (req, res) => res.status(200).json([{ id: 1 }, { id: 2 }, { id: 3 }])
