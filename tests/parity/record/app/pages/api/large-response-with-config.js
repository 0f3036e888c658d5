export const config = { api: { responseLimit: false } }

export default (req, res) => res.send('.'.repeat(4 * 1024 * 1024))
