using AwesomeAssertions;

namespace Castellan.Tests.Platform.JsonSchema;

public sealed class OfficialSuiteTests
{
    private const int RequiredCases = 1_299;

    /// <summary>Where the suite is not beside the checkout, the summary of the run says so.</summary>
    [Fact]
    public void Every_case_that_is_required_or_claimed_holds()
    {
        if (!OfficialSuite.IsThere)
        {
            TestNotes.Write("JSON Schema: the official suite is not beside the checkout, so it was not run");
            return;
        }
        var claimed = OfficialSuite.Scores.Where(score => !OfficialSuite.NotClaimed.ContainsKey(score.File)).ToList();
        claimed.Where(score => !score.File.Contains('/')).Sum(score => score.Total)
            .Should().BeGreaterThanOrEqualTo(RequiredCases);
        var misses = claimed.SelectMany(score => score.Misses).ToList();
        Assert.True(misses.Count == 0, $"{misses.Count} misses\n{string.Join("\n", misses.Take(20))}");
    }
}
