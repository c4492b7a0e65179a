using Castellan.Cli;

return await CommandLine.Run(args);
