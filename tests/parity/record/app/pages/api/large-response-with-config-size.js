export const config = { api: { responseLimit: '5mb' } }

export default (req, res) => res.send('.'.repeat(6 * 1024 * 1024))
