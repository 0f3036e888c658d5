export { size as default } from '../../../lib/answers'
