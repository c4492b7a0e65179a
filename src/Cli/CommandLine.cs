using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Castellan.Cli.Agents;
using Castellan.Cli.Contracts;
using Castellan.Cli.TypeScript;

namespace Castellan.Cli;

/// <summary>
/// The tree of verbs. A verb is named like the operation that it calls: <c>apps.create</c> is <c>apps create</c>.
/// </summary>
internal static class CommandLine
{
    public static async Task<int> Run(string[] args)
    {
        var parsed = Build().Parse(args);
        if (parsed.Action is ParseErrorAction mistake) return await Refuse(parsed, mistake);
        try
        {
            // Failures are told in one place, here, and not by the parser's stack trace.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception failure)
        {
            return Failures.Tell(failure, Terminal.For(parsed));
        }
    }

    /// <summary>A mistake is told on standard error; a group without its verb shows help, on standard output.</summary>
    private static async Task<int> Refuse(ParseResult parsed, ParseErrorAction mistake)
    {
        var command = parsed.CommandResult.Command;
        mistake.ShowHelp = command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0;
        await parsed.InvokeAsync();
        if (!mistake.ShowHelp)
        {
            var path = command.Name;
            for (var up = parsed.CommandResult.Parent; up is CommandResult above; up = above.Parent)
                path = $"{above.Command.Name} {path}";
            await Console.Error.WriteLineAsync($"See: {path} --help");
        }
        return ExitCodes.Usage;
    }

    public static RootCommand Build()
    {
        var root = new RootCommand("Talks to a Castellan server, as an operator or with an app's secret key.")
        {
            GlobalOptions.Profile, GlobalOptions.Environment, GlobalOptions.Output, GlobalOptions.Json,
            GlobalOptions.Quiet,
        };
        foreach (var command in (Command[])
            [
                .. SignInCommands.All(), AppCommands.Apps(), KeyCommands.Keys(), UserCommands.Users(),
                AgentCommands.Agents(), RunCommands.Runs(), BudgetCommands.Budgets(), .. AccessCommands.All(),
                StopCommands.Tenants(), StopCommands.Environments(),
                .. ContractCommands.All(),
                TypesCommand.Types(), AgentsCommand.AgentsMd(), AuditCommands.Audit(), DoctorCommand.Doctor(),
            ])
        {
            root.Add(command);
        }
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}

/// <summary>Options that stand before or after any verb.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Profile = new("--profile")
    {
        Description = "The login to use. Default: $CASTELLAN_PROFILE, else the one of the last login.",
        HelpName = "name",
        Recursive = true,
    };

    public static readonly Option<string> Environment = new("--environment")
    {
        Description = "Whose data is meant.",
        HelpName = "sandbox|live",
        Recursive = true,
        DefaultValueFactory = _ => "sandbox",
    };

    public static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "json prints the server's JSON unchanged.",
        HelpName = "table|json",
        Recursive = true,
        DefaultValueFactory = _ => TableForm,
    };

    public static readonly Option<bool> Quiet = new("--quiet", "-q")
    {
        Description = "Print ids only, one per line, and no notices.",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Short for --output json.",
        Recursive = true,
    };

    private const string TableForm = "table";
    private const string JsonForm = "json";

    static GlobalOptions() => Output.AcceptOnlyFromAmong(TableForm, JsonForm);

    public static bool WantsJson(ParseResult parsed) =>
        parsed.GetValue(Json) || parsed.GetValue(Output) == JsonForm;
}

/// <summary>A verb with examples, which its help shows.</summary>
internal sealed class Verb(string name, string purpose, params string[] examples) : Command(name, purpose)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>What the verb does, with a session for the profile that was named.</summary>
    public Verb Does(Func<Session, CancellationToken, Task> work) => Gives(async (session, ct) =>
    {
        await work(session, ct);
        return ExitCodes.Done;
    });

    /// <summary>As <see cref="Does"/>, of what ends with an exit code of its own.</summary>
    public Verb Gives(Func<Session, CancellationToken, Task<int>> work)
    {
        SetAction(async (parsed, ct) =>
        {
            using var session = new Session(parsed);
            return await work(session, ct);
        });
        return this;
    }
}

/// <summary>The parser's help, with examples beneath, and the exit codes beneath the root's.</summary>
internal sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        if (command is Verb { Examples: { Count: > 0 } examples })
        {
            output.WriteLine("Examples:");
            foreach (var example in examples) output.WriteLine($"  {example}");
        }
        if (command is RootCommand)
        {
            output.WriteLine("Exit codes:");
            output.WriteLine($"  {ExitCodes.Done}  done");
            output.WriteLine($"  {ExitCodes.Refused}  refused by the server; doctor: something does not work");
            output.WriteLine($"  {ExitCodes.Usage}  the command line or the profile is not usable; nothing was sent");
            output.WriteLine($"  {ExitCodes.Unreachable}  no Castellan server answered");
            output.WriteLine($"  {ExitCodes.Changes}  plan: applying would change something");
            output.WriteLine();
            output.WriteLine("Without a profile, as in CI: set CASTELLAN_URL, and CASTELLAN_TOKEN (an operator's)");
            output.WriteLine("or CASTELLAN_KEY (a secret key of the app).");
        }
        return code;
    }
}
