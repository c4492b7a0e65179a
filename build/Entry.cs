namespace Castellan.Build;

/// <summary>One thing that the build can do. The method returns the exit code.</summary>
internal sealed record Verb(string Name, string Arguments, string Purpose, Func<Queue<string>, Task<int>> Run);

/// <summary>A reason to stop that the person at the keyboard can act on; printed without a stack trace.</summary>
internal sealed class BuildFailure(string message) : Exception(message);

/// <summary>Finds the verb, runs it and turns what went wrong into a message and an exit code.</summary>
internal static class Entry
{
    private const int UsageError = 2;
    private const int Interrupted = 130;

    public static async Task<int> Run(Verb[] verbs, string[] args)
    {
        var rest = new Queue<string>(args);
        var name = rest.Count == 0 ? "help" : rest.Dequeue();
        if (name is "help" or "--help" or "-h")
            return Print(Console.Out, Help(verbs), exitCode: 0);
        if (Array.Find(verbs, v => v.Name == name) is not { } verb)
            return Print(Console.Error, $"There is no verb \"{name}\".\n\n{Help(verbs)}", UsageError);
        if (rest.Contains("--help") || rest.Contains("-h"))
            return Print(Console.Out, Line(verb), exitCode: 0);

        using var signals = Shell.StopOnSignals();
        try
        {
            return await verb.Run(rest);
        }
        catch (BuildFailure failure)
        {
            return Print(Console.Error, failure.Message, exitCode: 1);
        }
        catch (OperationCanceledException)
        {
            return Print(Console.Error, "Interrupted.", Interrupted);
        }
    }

    /// <summary>Refuses what a verb did not take, so that a mistyped option never passes for its default.</summary>
    public static void NothingLeft(Queue<string> args)
    {
        if (args.Count > 0)
            throw new BuildFailure($"Not understood: {string.Join(' ', args)}. Try `dotnet run build.cs -- help`.");
    }

    private static string Help(Verb[] verbs) =>
        "dotnet run build.cs -- <verb>\n\n" + string.Join('\n', verbs.Select(Line));

    private static string Line(Verb verb) => $"  {verb.Name} {verb.Arguments}".PadRight(40) + "  " + verb.Purpose;

    private static int Print(TextWriter to, string text, int exitCode)
    {
        to.WriteLine(text);
        return exitCode;
    }
}
