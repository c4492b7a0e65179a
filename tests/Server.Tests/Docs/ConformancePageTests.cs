using Castellan.Tests.Platform.Cel;

namespace Castellan.Tests.Docs;

/// <summary>What outside suites say of us is published as it is.</summary>
public sealed class ConformancePageTests
{
    [Fact]
    public async Task The_score_of_the_expression_language_is_fresh() =>
        GeneratedDocsTests.Check(CelConformance.PagePath, CelConformance.Page(await CelConformance.Results()));
}
