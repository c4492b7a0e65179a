using Castellan.Client;

namespace Castellan.Cli.Contracts;

/// <summary>Shows the steps of a plan, the gravest first.</summary>
internal static class PlanView
{
    /// <summary>From the gravest down. A risk that a newer server adds stands first.</summary>
    private static readonly (string Risk, string Means, Colour Colour)[] Risks =
    [
        ("destroys", "data stop being there", Colour.Red),
        ("opens", "somebody may see or do what he or she could not", Colour.Red),
        ("rewrites", "every record of a collection is written anew", Colour.Yellow),
        ("locks", "calls that were let through may be refused", Colour.Yellow),
        ("safe", "nothing that worked stops working", Colour.Green),
    ];

    public static void Show(Terminal terminal, ContractPlan plan, string environment)
    {
        if (!plan.Changes)
        {
            terminal.Line($"Nothing to change: version {plan.CurrentVersion} in {environment} is this contract.");
            return;
        }
        var from = plan.CurrentVersion == 0 ? "no contract" : $"version {plan.CurrentVersion}";
        terminal.Line($"Plan for {environment}: {from} -> version {plan.CurrentVersion + 1}, "
            + $"{plan.Steps.Count} {(plan.Steps.Count == 1 ? "step" : "steps")}.");
        terminal.Line($"hash {plan.Hash}");
        if (plan.Steps.Count == 0) terminal.Line("The documents differ in what has no effect, such as descriptions.");
        ShowSteps(terminal, plan.Steps);
        if (plan.NeedsAPerson.Count > 0)
        {
            terminal.Line("");
            terminal.Line("A person should decide:");
            foreach (var what in plan.NeedsAPerson) terminal.Line($"  {Terminal.Clean(what)}");
        }
        if (plan.Confirm.Count == 0) return;
        terminal.Line("");
        terminal.Line("To confirm, add to apply:");
        foreach (var words in plan.Confirm) terminal.Line($"  --confirm {Quoted(words)}");
    }

    public static void ShowSteps(Terminal terminal, IReadOnlyList<PlanStep> steps)
    {
        var unknown = steps.Select(step => step.Risk).Distinct().Where(risk => Risks.All(known => known.Risk != risk));
        foreach (var (risk, means, colour) in unknown.Select(risk => (risk, "", Colour.Red)).Concat(Risks))
        {
            var found = steps.Where(step => step.Risk == risk).ToList();
            if (found.Count == 0) continue;
            terminal.Line("");
            terminal.Line($"{terminal.Paint(Terminal.Clean(risk), colour)}{(means.Length == 0 ? "" : $": {means}")}");
            foreach (var step in found) terminal.Line($"  {Sign(step)} {Terminal.Clean(step.Summary)}");
        }
    }

    /// <summary>Words as a shell takes them: the server makes them of names, which hold no quotes.</summary>
    public static string Quoted(string words) => $"\"{Terminal.Clean(words).Replace("\"", "\\\"")}\"";

    private static char Sign(PlanStep step) => step.Kind.Split('_')[0] switch
    {
        "add" => '+',
        "drop" => '-',
        _ => '~',
    };
}
