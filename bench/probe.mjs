// Loaded into each measured server before its own code: tells the benchmark over IPC how much CPU time the whole
// process has used, in milliseconds, and ends the server when the benchmark has gone.
process.on('message', (message) => {
  if (message !== 'cpu') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit(0));
