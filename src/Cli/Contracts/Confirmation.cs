using Castellan.Client;

namespace Castellan.Cli.Contracts;

/// <summary>The words that a plan wants to hear before it is carried out.</summary>
internal static class Confirmation
{
    /// <summary>
    /// The given words, and those that a person types at the terminal. Where nobody can be asked, or something else is
    /// typed, nothing is applied.
    /// </summary>
    public static IReadOnlyList<string> Gather(Session session, ContractPlan plan, IReadOnlyList<string> given)
    {
        var missing = plan.Confirm.Except(given).ToList();
        if (missing.Count == 0) return given;
        var options = string.Join(' ', missing.Select(words => $"--confirm {PlanView.Quoted(words)}"));
        if (Console.IsInputRedirected)
            throw new Complaint("It needs a confirmation; nothing was applied.", $"Read the plan, then add {options}");
        foreach (var words in missing)
        {
            var question = $"Type {PlanView.Quoted(words)} without the quotes to go on: ";
            var typed = session.Terminal.Ask(question, secret: false);
            if (typed != words)
                throw new Complaint("It was not confirmed; nothing was applied.", $"Type the words, or add {options}");
        }
        return [.. given, .. missing];
    }
}
