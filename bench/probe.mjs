// Loaded into each measured server before its own code: tells the benchmark over IPC how much CPU time the whole
// process has used, in milliseconds, or what it holds of memory; and ends the server when the benchmark has gone.
process.on('message', (message) => {
  if (message === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000 });
  }
  if (message === 'memory') {
    // What the first one only marks is gone after the second.
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ memoryBytes: heapUsed + external, rssBytes: rss });
  }
});
process.on('disconnect', () => process.exit(0));
