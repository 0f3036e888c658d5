export default (req, res) =>
  res.json({
    preview: req.preview,
    previewData: req.previewData,
    draftMode: req.draftMode,
    cookieNames: Object.keys(req.cookies),
  })
