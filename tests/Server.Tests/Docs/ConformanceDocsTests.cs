using AwesomeAssertions;
using Castellan.Tests.Platform.JsonSchema;

namespace Castellan.Tests.Docs;

/// <summary>Scores in suites of others. A page is generated where its suite stands beside the checkout.</summary>
public sealed class ConformanceDocsTests
{
    private const string JsonSchemaPage = "docs/conformance/json-schema.md";

    [Fact]
    public void The_page_of_JSON_Schema_is_fresh()
    {
        if (OfficialSuite.IsThere) GeneratedDocsTests.Check(JsonSchemaPage, OfficialSuite.Page());
        else TestNotes.Write($"{JsonSchemaPage} was not compared, because the suite is not beside the checkout");
        File.ReadAllText(Path.Combine(Tidy.Tree.Root, JsonSchemaPage)).Should().Contain("Required: 1299 of 1299.");
    }
}
