// Preloaded: tells at its end how much memory the process has used at most, in kB.
process.on('exit', () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\n`))
