/**
 * Ends this process when its launcher (`bin/runtime.mjs`) ends: a launcher that was killed cannot pass a signal on, but its
 * channel closes. 137 is the exit code of a killed process. The channel does not keep the process alive.
 */
export function followLauncher(): void {
  if (!process.env.UNDERCURRENT_LAUNCHER || !process.channel) return;
  process.on('disconnect', () => process.exit(137));
  process.channel.unref();
}
