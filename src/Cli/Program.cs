using System.CommandLine;

return await new RootCommand("Talks to a Castellan server.").Parse(args).InvokeAsync();
