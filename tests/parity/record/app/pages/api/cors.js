import { behind } from '../../lib/cors'

export default behind({ methods: ['GET', 'POST', 'OPTIONS'] })
