export default (req, res) => res.json({ draftMode: req.draftMode })
