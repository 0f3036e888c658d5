// A default export that cannot be called.
export default { handler: true }
