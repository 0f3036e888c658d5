export default (req, res) => res.json({ preview: req.preview, previewData: req.previewData })
