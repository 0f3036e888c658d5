// No handler.
export const config = {}
