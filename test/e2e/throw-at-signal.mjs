// Preloaded into the built product: an error that nothing catches, when the test says so.
process.on('SIGUSR2', () => void Promise.reject(new Error('nobody waits for jane@example.com')));
