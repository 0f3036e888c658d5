export { size as default } from '../../../../lib/answers'

export const config = { api: { bodyParser: { sizeLimit: '100b' } } }
