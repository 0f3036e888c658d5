export { query as default } from '../../../lib/answers'
