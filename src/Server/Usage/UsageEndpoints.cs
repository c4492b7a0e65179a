using Castellan.Kernel;

namespace Castellan.Usage;

/// <summary>What was used, by whom.</summary>
internal sealed class UsageEndpoints(UsageStore store, Cursors cursors) : IEndpoints
{
    /// <summary>The default range; a month is what people ask about.</summary>
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>The longest range of one call: a quarter, so that one question cannot read the whole table.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(92);

    public IEnumerable<Operation> Operations() =>
    [
        new Read<SummarizeUsage, ListOf<UsageCount>>(
            "usage.summary", "GET", "/v1/usage", SummarizeUsage.Bind, Summarize, UsageJson.Wire.ListOfUsageCount)
        {
            Summary = "Sum usage by tenant, app or subject, over at most 92 days; by default the last 30. A key sees "
                + "its app's.",
            Grants = [Grants.AnyOperator, Grant.Key],
        },
    ];

    private ValueTask<ListOf<UsageCount>> Summarize(Call<SummarizeUsage> call)
    {
        var (page, by, since, until) = call.Input;
        // A page may be asked for later than the one before it: a range without an end goes on to grow.
        var end = until ?? DateTimeOffset.MaxValue;
        var last = until ?? call.Now;
        // Before 1970 nothing was counted, and a month before the first day is no time.
        var start = since ?? (last > DateTimeOffset.UnixEpoch + Month ? last - Month : DateTimeOffset.UnixEpoch);
        RequireRange(start, last);
        return cursors.Page("usage.summary", call.Environment, page,
            [Wire.Name(by), since?.ToString("O"), until?.ToString("O")],
            (after, limit) => store.Sum(call.Environment, by, start, end, after, limit, call.Aborted),
            count => $"{count.Id} {count.Meter}");
    }

    private static void RequireRange(DateTimeOffset start, DateTimeOffset end)
    {
        if (start >= DateTimeOffset.UnixEpoch && start <= end && end - start <= Longest) return;
        throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors =
            [
                new FieldProblem("since", "out_of_range",
                    $"'since' must be at most {Longest.TotalDays} days before 'until', and not before 1970.",
                    "Ask for a shorter range, and for several of them."),
            ],
        });
    }
}
