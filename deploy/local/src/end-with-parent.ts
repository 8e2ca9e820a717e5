// Loaded into a service before its own code. The channel to the parent closes when that is gone, however it
// went: then this process ends in order, as if it had been told to.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
